"""Show what the bot decided about one pair and why, candle by candle, the newest first.

`?about=` chooses the steps, `?text=` those with a text in them, `?page=` the candles.
"""

import math
from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec
from aiohttp import web
from msgspec import Struct

from appliance.domain.decisions.kinds import Kind, Subject
from appliance.queries import decisions
from appliance.queries.decisions import MOST_CANDLES, CandleDecision, DecisionsQuery
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, page_number, rendered, when_started
from appliance.server.dashboard.session import Session

CANDLES = 20
"""Candles on one page."""
LONGEST_TEXT = 100
ABOUT = {
    "": "everything",
    "signal": "candles with a signal",
    "entry": "entries",
    "exit": "open trades",
    "order": "orders",
    "pair": "locks and lists",
}
_SUBJECTS = {
    "entry": {Subject.ENTRY, Subject.BOT},
    "exit": {Subject.EXIT},
    "order": {Subject.ORDER},
    "pair": {Subject.PAIR},
}


class History(Struct, frozen=True, kw_only=True):
    """Hold a page of candles; `found` and `all` count them before paging."""

    candles: Sequence[CandleDecision]
    about: str
    text: str
    found: int
    all: int
    page: int
    pages: int
    older: str


@when_started
async def show_pair(request: web.Request, session: Session) -> web.Response:
    """Show a pair. Raises NotFound for one that the exchange does not have."""
    bot = request.app[BOT_SLOT].require_bot()
    query = DecisionsQuery(pair=request.match_info["pair"], limit=MOST_CANDLES)
    found = await decisions.read_decisions(bot, query)
    [pair] = found.pairs
    about, text = request.query.get("about", ""), request.query.get("text", "")[:LONGEST_TEXT].strip()
    history = history_of(pair.candles, about if about in ABOUT else "", text, page_number(request))
    locks = [lock for lock in bot.locks.active(bot.now()) if lock.pair in (pair.pair, "*")]
    shown = Page(template="pair.html", place="pairs", heading=pair.pair, is_live=True)
    content = {"pair": pair, "history": history, "locks": locks, "timeframe": found.timeframe, "about": ABOUT}
    return await rendered(request, session, shown, content)


def history_of(candles: Sequence[CandleDecision], about: str, text: str, page: int) -> History:
    """Choose steps, and the candles that have any; without a choice all candles."""
    found = [one for candle in candles if (one := _chosen(candle, about, text.casefold())) is not None]
    pages = max(1, math.ceil(len(found) / CANDLES))
    page = min(page, pages)
    given = {key: value for key, value in (("about", about), ("text", text)) if value}
    return History(
        candles=found[(page - 1) * CANDLES : page * CANDLES],
        about=about,
        text=text,
        found=len(found),
        all=len(candles),
        page=page,
        pages=pages,
        older=f"?{urlencode(given)}&page=" if given else "?page=",
    )


def _chosen(candle: CandleDecision, about: str, wanted: str) -> CandleDecision | None:
    if not about and not wanted:
        return candle
    if about == "signal":
        if candle.signal is None or not candle.signal.columns:
            return None
        steps = candle.steps
    elif about:
        steps = [
            step
            for step in candle.steps
            if step.subject in _SUBJECTS[about] and step.kind is not Kind.NO_SIGNAL
        ]
    else:
        steps = candle.steps
    steps = [step for step in steps if wanted in step.text.casefold()]
    return msgspec.structs.replace(candle, steps=steps) if steps else None
