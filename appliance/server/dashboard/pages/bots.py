"""Show other bots beside this one, with a total for each currency; add and remove them."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from aiohttp import web
from msgspec import Struct

from appliance.bot.state_summary import state_summary
from appliance.domain.audit import Commander
from appliance.domain.errors import ApplianceError, ConfigurationError, Refused
from appliance.queries.account import balance
from appliance.queries.other_bots import OtherBot, api_address
from appliance.server.auth.authenticator import AUTHENTICATOR, refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import acting, form_of, redirect
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.panels.open_trades import open_trades
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.summary import balance_summary, profit_summary
from appliance.server.dashboard.view import bot_facts
from appliance.server.other_bots.ask import Standing
from appliance.server.other_bots.watch import OTHER_BOTS, OtherBots, Seen
from appliance.server.routing.route import Route
from appliance.server.routing.routes import find_route
from appliance.threads import for_books

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

FIRST_WAIT = 2.0
"""Seconds that a page waits for bots that have not answered yet; later answers come by the stream."""
_ADD, _REMOVE = find_route("POST", "/bots"), find_route("POST", "/bots/{id}/remove")


class BotRow(Struct, frozen=True, kw_only=True):
    """Show one bot. `id` and `url` are empty for this one."""

    id: str = ""
    name: str
    url: str = ""
    seen: Seen


class Total(Struct, frozen=True, kw_only=True):
    """Add up the bots of one currency, real and simulated money apart. None where a bot does not know."""

    currency: str
    dry_run: bool
    bots: int
    open: int
    today: float
    closed: float
    open_profit: float | None
    balance: float | None


@when_started
async def show_bots(request: web.Request, session: Session) -> web.Response:
    """Show all bots side by side."""
    return await _page(request, session)


async def _page(request: web.Request, session: Session, notice: str = "", status: int = 200) -> web.Response:
    bot, others = request.app[BOT_SLOT].require_bot(), request.app[OTHER_BOTS]
    own = await own_standing(request, bot)
    problem, rows = "", [BotRow(name=bot.settings.bot_name, seen=Seen(standing=own))]
    try:
        rows += await _rows(others)
    except ConfigurationError as error:
        problem = str(error)
    content = {
        "rows": rows,
        "totals": totals(row.seen.standing for row in rows if row.seen.standing),
        "problem": problem,
        "may_change": session.caller.role >= _ADD.role,
    }
    page = Page(
        template="bots.html", place="bots", heading="Bots", notice=notice, closes_to="bots",
        status=status, is_live=True, stream="changes&bots",
    )  # fmt: skip
    return await rendered(request, session, page, content)


async def _rows(others: OtherBots) -> list[BotRow]:
    known = await others.known()
    if known:
        await others.asked(0 if all(bot.id in others.seen for bot in known) else FIRST_WAIT)
    return [
        BotRow(id=bot.id, name=bot.name, url=bot.url, seen=others.seen.get(bot.id, Seen())) for bot in known
    ]


async def own_standing(request: web.Request, bot: "Bot") -> Standing:
    """Return how this bot stands, in the words for others."""
    slot, facts, now = request.app[BOT_SLOT], bot_facts(bot), bot.now()
    account, profit, trades = (
        balance_summary(await balance(bot)),
        await profit_summary(bot, slot, now),
        open_trades(bot, now),
    )
    return Standing(
        state=facts.state,
        bot_name=facts.name,
        strategy=facts.strategy,
        timeframe=facts.timeframe,
        exchange=facts.exchange,
        trading_mode=facts.trading_mode,
        dry_run=facts.dry_run,
        currency=facts.stake_currency,
        version=facts.version,
        open=len(trades.rows),
        most=trades.most,
        today=profit.today,
        closed=profit.closed,
        closed_ratio=profit.closed_ratio,
        open_profit=profit.open,
        trades=profit.wins + profit.losses,
        winrate=profit.winrate,
        drawdown=None,
        balance=account.total,
    )


def totals(standings: Iterable[Standing]) -> list[Total]:
    """Add up bots of the same currency and kind of money; those of other currencies cannot be added."""
    groups: dict[tuple[bool, str], list[Standing]] = {}
    for one in standings:
        groups.setdefault((one.dry_run, one.currency), []).append(one)
    return [
        Total(
            currency=currency,
            dry_run=dry_run,
            bots=len(group),
            open=sum(one.open for one in group),
            today=sum(one.today or 0.0 for one in group),
            closed=sum(one.closed for one in group),
            open_profit=_sum([one.open_profit for one in group]),
            balance=_sum([one.balance for one in group]),
        )
        for (dry_run, currency), group in sorted(groups.items())
    ]


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


@acting
async def add_bot(request: web.Request, session: Session) -> web.StreamResponse:
    """Add a bot, and show the page with the result."""
    fields = await form_of(request)
    name, username = fields.get("name", "").strip()[:64], fields.get("username", "").strip()[:512]
    secret, book = fields.get("secret", "")[:512], request.app[OTHER_BOTS].book
    try:
        url = api_address(fields.get("url", "")[:512])
    except Refused as error:
        return await _page(request, session, f"Not added: {error}.", 422)
    if not name:
        return await _page(request, session, "Not added: give the bot a name.", 422)
    return await _change(
        request, session, _ADD, f"add bot {name} at {url}", lambda: book.add(name, url, username, secret)
    )


@acting
async def remove_bot(request: web.Request, session: Session) -> web.StreamResponse:
    """Remove a bot from the list; nothing else happens to it."""
    bot_id, book = request.match_info["id"], request.app[OTHER_BOTS].book
    return await _change(request, session, _REMOVE, f"remove bot {bot_id}", lambda: book.remove(bot_id))


async def _change(
    request: web.Request, session: Session, route: Route, line: str, change: Callable[[], OtherBot]
) -> web.StreamResponse:
    if session.caller.role < route.role:
        return await _page(request, session, refusal(session.caller, route.role), 403)
    try:
        bot = request.app[BOT_SLOT].require_bot()
        by = Commander(session.caller.name, f"dashboard {request.app[AUTHENTICATOR].address(request)}")
        async with bot.audit.command(by, line, summary=lambda: state_summary(bot)):
            await for_books(change)
    except ApplianceError as error:
        return await _page(request, session, f"Not done: {error}.", 409)
    request.app[OTHER_BOTS].changed()
    return redirect(request, "/bots")
