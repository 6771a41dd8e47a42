"""Lock and unlock pairs, and change the blacklist."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from aiohttp import web

from appliance.domain.errors import NotFound
from appliance.domain.lock import PairLock
from appliance.queries import blacklist, locks
from appliance.queries.blacklist import BlacklistPayload, BlacklistQuery
from appliance.queries.locks import LockPath, LocksPayload
from appliance.reports.number_format import exact
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.actions import Unclear, commanding
from appliance.server.dashboard.forms.fields import Fields, numbered, words
from appliance.server.dashboard.forms.form_page import FormPage, form_for

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

LONGEST_NAME = 64
LONGEST_REASON = 200
DURATIONS: Final[Mapping[str, tuple[str, timedelta]]] = {
    "1h": ("1 hour", timedelta(hours=1)),
    "4h": ("4 hours", timedelta(hours=4)),
    "1d": ("1 day", timedelta(days=1)),
    "7d": ("7 days", timedelta(days=7)),
    "30d": ("30 days", timedelta(days=30)),
}
_SIDES = ("*", "long", "short")


@form_for("/locks")
async def show_lock(request: web.Request) -> FormPage:
    """Show the form that locks a pair, `?pair=` by default."""
    bot = request.app[BOT_SLOT].require_bot()
    pair = request.query.get("pair", "")[:LONGEST_NAME]
    content = {
        "pair": pair,
        "pairs": list(bot.whitelist),
        "durations": DURATIONS,
        "now": bot.now(),
    }
    return FormPage(
        template="forms/lock.html", heading="Lock a pair", place="pairs", closes_to="pairs", content=content
    )


@form_for("/locks/{lockid}", "DELETE")
async def show_unlock(request: web.Request) -> FormPage:
    """Show what lifting a lock does. Raises NotFound if it has ended."""
    lock = _lock(request.app[BOT_SLOT].require_bot(), numbered(request.match_info, "lockid"))
    name = "all pairs" if lock.pair == "*" else lock.pair
    return FormPage(
        template="forms/unlock.html",
        heading=f"Unlock {name}",
        place="pairs",
        closes_to="pairs",
        content={"lock": lock},
    )


@form_for("/blacklist")
async def show_blacklisting(request: web.Request) -> FormPage:
    """Show the form that adds to the blacklist, `?pair=` by default."""
    bot = request.app[BOT_SLOT].require_bot()
    pair = request.query.get("pair", "")[:LONGEST_NAME]
    content = {"pair": pair, "pairs": list(bot.whitelist)}
    return FormPage(
        template="forms/blacklist_add.html",
        heading="Add to the blacklist",
        place="pairs",
        closes_to="pairs",
        content=content,
    )


@form_for("/blacklist", "DELETE")
async def show_removal(request: web.Request) -> FormPage:
    """Show what removing `?pattern=` from the blacklist does."""
    pattern = request.query.get("pattern", "")[:LONGEST_NAME]
    return FormPage(
        template="forms/blacklist_remove.html",
        heading="Remove from the blacklist",
        place="pairs",
        closes_to="pairs",
        content={"pattern": pattern},
    )


@commanding("/locks")
async def lock(bot: "Bot", fields: Fields) -> str:
    """Lock a pair, or all of them."""
    pair, side = fields.get("pair", "").strip(), fields.get("side", "*")
    if side not in _SIDES:
        raise Unclear("Choose a side: both, long or short.")
    if pair != "*" and pair not in {*bot.whitelist, *bot.gateway.markets}:
        raise Unclear(
            f'{bot.settings.exchange.name} has no pair "{pair[:LONGEST_NAME]}". Use * for all pairs.'
        )
    until = _until(fields, bot.now())
    reason = words(fields, "reason", LONGEST_REASON) or "locked manually"
    await locks.add_locks(bot, [LocksPayload(pair=pair, until=until, side=side, reason=reason)])
    ends = [each.lock_end_time for each in bot.locks.active(bot.now()) if each.pair == pair]
    return f"{_named(pair)} locked until {exact(max(ends, default=until))}."


@commanding("/locks/{lockid}", method="DELETE")
async def unlock(bot: "Bot", fields: Fields) -> str:
    """Lift a lock."""
    number = numbered(fields, "lockid")
    pair = _lock(bot, number).pair
    await locks.delete_lock(bot, LockPath(number))
    left = [each for each in bot.locks.active(bot.now()) if each.pair in (pair, "*")]
    return f"{_named(pair)} unlocked." + (f" {len(left)} more on it remain." if left else "")


@commanding("/blacklist")
async def add_to_blacklist(bot: "Bot", fields: Fields) -> str:
    """Add pairs or patterns, one a line or separated by commas."""
    given = fields.get("pairs", "").replace(",", "\n").splitlines()
    patterns = [each.strip() for each in given if each.strip()]
    if not patterns:
        raise Unclear("Name a pair, such as DOGE/USDT, or a pattern, such as .*DOWN/.*")
    answer = await blacklist.add_to_blacklist(bot, BlacklistPayload(patterns))
    return _outcome(patterns, answer, "added to the blacklist until the bot is restarted")


@commanding("/blacklist", method="DELETE")
async def remove_from_blacklist(bot: "Bot", fields: Fields) -> str:
    """Remove a pair or pattern, as it was written."""
    pattern = fields.get("pattern", "")
    answer = await blacklist.remove_from_blacklist(bot, BlacklistQuery([pattern]))
    return _outcome([pattern], answer, "removed from the blacklist until the bot is restarted")


def _outcome(patterns: list[str], answer: blacklist.BlacklistResponse, done: str) -> str:
    """Say what was done. Raises Unclear if nothing was."""
    troubles = [
        error.error_msg if name in error.error_msg else f"{name}: {error.error_msg}"
        for name, error in answer.errors.items()
    ]
    fine = [each for each in patterns if each not in answer.errors]
    if not fine:
        raise Unclear("; ".join(troubles))
    said = f"{', '.join(fine)} {done}."
    return f"{said} Not so: {'; '.join(troubles)}" if troubles else said


def _until(fields: Fields, now: datetime) -> datetime:
    """Return when a lock ends: after a duration, or at a given time (UTC)."""
    chosen = fields.get("duration", "1h")
    if chosen in DURATIONS:
        return now + DURATIONS[chosen][1]
    try:
        until = datetime.fromisoformat(fields.get("until", "")).replace(tzinfo=UTC)
    except ValueError:
        raise Unclear("Enter the date and the time (UTC) at which the lock ends.") from None
    if until <= now:
        raise Unclear(f"{exact(until)} is over: enter a later time (UTC).")
    return until


def _lock(bot: "Bot", number: int) -> PairLock:
    for each in bot.locks.active(bot.now()):
        if each.id == number:
            return each
    raise NotFound("This lock has ended already")


def _named(pair: str) -> str:
    return "All pairs are" if pair == "*" else f"{pair} is"
