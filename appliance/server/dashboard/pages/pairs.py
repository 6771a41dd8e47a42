"""Show which pairs are traded and why: what each pair list removed, what was decided, what each pair made.

`?text=`, `?only=`, `?order=` and `?page=` choose among the pairs.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Struct

from appliance.domain.enums import State
from appliance.domain.lock import PairLock
from appliance.pairlists.evaluation import ChainStep
from appliance.queries import blacklist, decisions, performance
from appliance.queries.decisions import DecisionsQuery, DecisionStep, PairDecisions
from appliance.reports.performance import PerformanceEntry
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, page_number, rendered, when_started
from appliance.server.dashboard.session import Session

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.queries.bot_slot import BotSlot

ROWS = 50
LONGEST_TEXT = 100
MOST_LEFT_OUT = 200
MOST_OF_PATTERN = 30
"""Pairs that are named for one item of the blacklist."""
ONLY = {"": "all", "listed": "on the whitelist", "open": "with an open trade", "locked": "locked"}
ORDERS = {
    "": "importance",
    "pair": "name",
    "decided": "newest decision",
    "profit": "profit",
    "trades": "trades",
}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


_LASTS = timedelta(seconds=60)
"""For how long a step that concerns all pairs is shown after it was last taken."""


class PairRow(Struct, frozen=True, kw_only=True):
    """Show a pair: what was decided last, and the profit of its closed trades in stake currency."""

    pair: str
    text: str
    decided: datetime | None
    is_listed: bool
    open_trades: int
    locked_until: datetime | None
    made: PerformanceEntry | None


class Choice(Struct, frozen=True, kw_only=True):
    """Name what is chosen among the pairs: a text in name or decision, a group, an order."""

    text: str = ""
    only: str = ""
    order: str = ""


class StepView(Struct, frozen=True, kw_only=True):
    """Show what a pair list did; `reasons` has the pairs that it removed, by reason, most pairs first."""

    step: ChainStep
    reasons: list[tuple[str, list[str]]]
    most: int


class PairsView(Struct, frozen=True, kw_only=True):
    """Hold what the page shows. `chain` is what each pair list did in the last evaluation, at `evaluated`."""

    choice: Choice
    rows: list[PairRow]
    found: int
    all: int
    page: int
    pages: int
    chain: list[StepView]
    evaluated: datetime | None
    summaries: list[str]
    left_out: list[PairDecisions]
    left_out_count: int
    everywhere: DecisionStep | None
    """What holds for all pairs now."""
    locks: list[PairLock]
    blacklist: list[str]
    blacklisted: int
    matches: dict[str, str]
    waits: str
    decided: bool


@when_started
async def show_pairs(request: web.Request, session: Session) -> web.Response:
    """Show the chosen pairs."""
    slot = request.app[BOT_SLOT]
    view = await pairs_view(slot.require_bot(), slot, choice_in(request.query), page_number(request))
    shown = Page(template="pairs.html", place="pairs", heading="Pairs", is_live=True)
    content = {"view": view, "address": address_of, "only": ONLY, "orders": ORDERS}
    return await rendered(request, session, shown, content)


def choice_in(query: Mapping[str, str]) -> Choice:
    """Return the choice that an address makes; what is none of the possible values is left out."""
    only, order = query.get("only", ""), query.get("order", "")
    return Choice(
        text=query.get("text", "")[:LONGEST_TEXT].strip(),
        only=only if only in ONLY else "",
        order=order if order in ORDERS else "",
    )


def address_of(choice: Choice, page: int = 1, **changed: str) -> str:
    """Return the address of a choice."""
    values = {"text": choice.text, "only": choice.only, "order": choice.order} | changed
    given = {key: value for key, value in values.items() if value} | ({"page": page} if page > 1 else {})
    return f"pairs?{urlencode(given)}" if given else "pairs"


async def pairs_view(bot: "Bot", slot: "BotSlot", choice: Choice, page: int = 1) -> PairsView:
    """Gather the page: by default traded pairs first, those with an open trade at the top."""
    found = await decisions.read_decisions(bot, DecisionsQuery())
    made = {entry.pair: entry for entry in await performance.performance(bot, slot)}
    never = await blacklist.blacklist(bot)
    locks = sorted(bot.locks.active(bot.now()), key=lambda lock: lock.lock_end_time)
    followed = {*bot.followed_pairs}
    all_rows = rows_of(
        bot, (pair for pair in found.pairs if pair.is_listed or pair.pair in followed), made, locks
    )
    rows = chosen(all_rows, choice)
    pages = max(1, math.ceil(len(rows) / ROWS))
    page = min(page, pages)
    left_out = [pair for pair in found.pairs if not (pair.is_listed or pair.pair in followed)]
    wanted = choice.text.casefold()
    fitting = [pair for pair in left_out if wanted in f"{pair.pair} {pair.text}".casefold()]
    last = bot.pairs.chain.last
    return PairsView(
        choice=choice,
        rows=rows[(page - 1) * ROWS : page * ROWS],
        found=len(rows),
        all=len(all_rows),
        page=page,
        pages=pages,
        chain=steps_of(last.steps) if last else [],
        evaluated=last.at if last else None,
        summaries=bot.pairs.chain.summaries(),
        left_out=fitting[:MOST_LEFT_OUT],
        left_out_count=len(fitting),
        everywhere=standing(bot, found.everywhere),
        locks=locks,
        blacklist=never.blacklist,
        blacklisted=len(never.blacklist_expanded),
        matches=named(await bot.pairs.blacklist.matches_in_thread(bot.gateway.markets)),
        waits=_WAITS.get(bot.state, "The bot decides when the next candle has closed."),
        decided=any(row.decided for row in all_rows),
    )


def standing(bot: "Bot", steps: Iterable[DecisionStep]) -> DecisionStep | None:
    """Return what holds for all pairs now: such a step comes again in each cycle, until it is over."""
    newest = max(steps, key=lambda step: step.last_ts, default=None)
    lasts = max(_LASTS, 3 * timedelta(seconds=bot.settings.internals.process_throttle_secs))
    is_over = newest is None or newest.last_ts < (bot.now() - lasts).timestamp() * 1000
    return None if is_over else newest


_WAITS = {
    State.STOPPED: "The bot is stopped: start it, and it decides about every pair.",
    State.PAUSED: "The bot is paused: it decides about open trades only.",
}


def rows_of(
    bot: "Bot",
    pairs: Iterable[PairDecisions],
    made: Mapping[str, PerformanceEntry],
    locks: Iterable[PairLock],
) -> list[PairRow]:
    """Show pairs, those with an open trade first, then those on the whitelist."""
    ends: dict[str, datetime] = {}
    for lock in locks:
        ends[lock.pair] = max(lock.lock_end_time, ends.get(lock.pair, lock.lock_end_time))
    counts: dict[str, int] = {}
    for trade in bot.book.open.values():
        counts[trade.pair] = counts.get(trade.pair, 0) + 1
    rows = [_row(found, counts.get(found.pair, 0), ends, made.get(found.pair)) for found in pairs]
    return sorted(rows, key=lambda row: (-row.open_trades, not row.is_listed))


def _row(
    found: PairDecisions, open_trades: int, ends: Mapping[str, datetime], made: PerformanceEntry | None
) -> PairRow:
    steps = found.candles[0].steps if found.candles else []
    return PairRow(
        pair=found.pair,
        text=found.text,
        decided=max((step.at for step in steps), default=None),
        is_listed=found.is_listed,
        open_trades=open_trades,
        locked_until=max((ends[name] for name in (found.pair, "*") if name in ends), default=None),
        made=made,
    )


def chosen(rows: list[PairRow], choice: Choice) -> list[PairRow]:
    """Return the rows that fit a choice, in its order."""
    wanted = choice.text.casefold()
    found = [
        row for row in rows if _is_of(row, choice.only) and wanted in f"{row.pair} {row.text}".casefold()
    ]
    if choice.order == "pair":
        return sorted(found, key=lambda row: row.pair)
    return sorted(found, key=lambda row: _rank(row, choice.order), reverse=True) if choice.order else found


def _is_of(row: PairRow, only: str) -> bool:
    if only == "listed":
        return row.is_listed
    if only == "open":
        return row.open_trades > 0
    return only != "locked" or row.locked_until is not None


def _rank(row: PairRow, order: str) -> float:
    if order == "decided":
        return (row.decided or _LONG_AGO).timestamp()
    if order == "profit":
        return row.made.profit_abs if row.made else -math.inf
    return row.made.count if row.made else 0


def steps_of(steps: Iterable[ChainStep]) -> list[StepView]:
    """Show the steps of the chain, the removed pairs of each by reason."""
    shown = list(steps)
    most = max((max(step.before or 0, step.after) for step in shown), default=0)
    return [StepView(step=step, reasons=_by_reason(step.removed), most=max(most, 1)) for step in shown]


def _by_reason(removed: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    reasons: dict[str, list[str]] = {}
    for pair, reason in removed.items():
        reasons.setdefault(reason, []).append(pair)
    return sorted(reasons.items(), key=lambda item: -len(item[1]))


def named(matches: Mapping[str, list[str]]) -> dict[str, str]:
    """Say which pairs each item of the blacklist stands for."""
    return {item: _named(item, pairs) for item, pairs in matches.items()}


def _named(item: str, pairs: list[str]) -> str:
    if pairs == [item]:
        return ""
    if not pairs:
        return "matches no pair of this exchange"
    more = f" and {len(pairs) - MOST_OF_PATTERN} more" if len(pairs) > MOST_OF_PATTERN else ""
    return f"matches {', '.join(pairs[:MOST_OF_PATTERN])}{more}"
