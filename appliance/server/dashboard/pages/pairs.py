"""Show which pairs are traded and why, what the bot decided about each, and what each has made."""

from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web
from msgspec import Struct

from appliance.domain.enums import State
from appliance.domain.lock import PairLock
from appliance.queries import blacklist, decisions, performance
from appliance.queries.decisions import DecisionsQuery, DecisionStep, PairDecisions
from appliance.reports.performance import PerformanceEntry
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.session import Session

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.queries.bot_slot import BotSlot

CANDLES = 60
"""How many candles of a pair its page shows at most."""


class PairRow(Struct, frozen=True, kw_only=True):
    """Show a pair: what was decided last, and the profit of its closed trades in stake currency."""

    pair: str
    text: str
    decided: datetime | None
    is_listed: bool
    open_trades: int
    locked_until: datetime | None
    made: PerformanceEntry | None


class PairsView(Struct, frozen=True, kw_only=True):
    """Hold what the page shows. `chain`: each pair list in words, in the order in which they are asked."""

    chain: list[str]
    rows: list[PairRow]
    left_out: list[PairDecisions]
    everywhere: list[DecisionStep]
    locks: list[PairLock]
    blacklist: list[str]
    blacklisted: int
    waits: str


@when_started
async def show_pairs(request: web.Request, session: Session) -> web.Response:
    """Show all pairs."""
    slot = request.app[BOT_SLOT]
    view = await pairs_view(slot.require_bot(), slot)
    shown = Page(template="pairs.html", place="pairs", heading="Pairs", is_live=True)
    return await rendered(request, session, shown, {"view": view})


@when_started
async def show_pair(request: web.Request, session: Session) -> web.Response:
    """Show what the bot decided about one pair, candle by candle. Raises NotFound for an unknown one."""
    bot = request.app[BOT_SLOT].require_bot()
    query = DecisionsQuery(pair=request.match_info["pair"], limit=CANDLES)
    found = decisions.decisions(bot, query)
    [pair] = found.pairs
    now = bot.now()
    locks = [lock for lock in bot.locks.active(now) if lock.pair in (pair.pair, "*")]
    shown = Page(template="pair.html", place="pairs", heading=pair.pair, is_live=True)
    content = {"pair": pair, "locks": locks, "timeframe": found.timeframe}
    return await rendered(request, session, shown, content)


async def pairs_view(bot: "Bot", slot: "BotSlot") -> PairsView:
    """Gather the page: traded pairs first, those with an open trade at the top."""
    found = decisions.decisions(bot, DecisionsQuery())
    made = {entry.pair: entry for entry in await performance.performance(bot, slot)}
    never = await blacklist.blacklist(bot)
    rows = [_row(bot, pair, made.get(pair.pair)) for pair in found.pairs if _is_followed(bot, pair)]
    return PairsView(
        chain=bot.pairs.chain.summaries(),
        rows=sorted(rows, key=lambda row: (-row.open_trades, not row.is_listed)),
        left_out=[pair for pair in found.pairs if not _is_followed(bot, pair)],
        everywhere=found.everywhere,
        locks=sorted(bot.locks.active(bot.now()), key=lambda lock: lock.lock_end_time),
        blacklist=never.blacklist,
        blacklisted=len(never.blacklist_expanded),
        waits=_WAITS.get(bot.state, "The bot decides when the next candle has closed."),
    )


_WAITS = {
    State.STOPPED: "The bot is stopped: start it, and it decides about every pair.",
    State.PAUSED: "The bot is paused: it decides about open trades only.",
}


def _is_followed(bot: "Bot", pair: PairDecisions) -> bool:
    return pair.is_listed or pair.pair in bot.followed_pairs


def _row(bot: "Bot", found: PairDecisions, made: PerformanceEntry | None) -> PairRow:
    pair, now = found.pair, bot.now()
    ends = [lock.lock_end_time for lock in bot.locks.active(now) if lock.pair in (pair, "*")]
    steps = found.candles[0].steps if found.candles else []
    return PairRow(
        pair=pair,
        text=found.text,
        decided=max((step.at for step in steps), default=None),
        is_listed=found.is_listed,
        open_trades=sum(trade.pair == pair for trade in bot.book.open.values()),
        locked_until=max(ends, default=None),
        made=made,
    )
