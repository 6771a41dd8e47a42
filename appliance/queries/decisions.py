"""Query what the bot decided about its pairs, candle by candle, and why."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from appliance.bot.decisions.decisions import EVERYWHERE, NewStep
from appliance.bot.decisions.indicators import unpacked
from appliance.domain.decisions.kinds import FORMS, Kind, Subject
from appliance.domain.decisions.record import ANALYSED, CandleRecord, Step
from appliance.domain.decisions.sentences import facts_of, sentence
from appliance.domain.errors import NotFound
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

USUAL_LIMIT = 20
MOST_CANDLES = 500
"""Candles in one answer, of all its pairs together."""


class DecisionsQuery(Struct, frozen=True):
    pair: Annotated[str | None, Meta(description="Only this pair, with its history; default: all.")] = None
    limit: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=MOST_CANDLES,
                description="How many newest candles; default 20 of one pair, 1 of all. An answer has 500.",
            ),
        ]
        | None
    ) = None


class DecisionStep(Struct, frozen=True, kw_only=True):
    """Show one step. `at` is when it came first (UTC), `last` when last, `times` in how many cycles.

    `text` is a sentence; `facts` are what it says: rates in quote currency, amounts in base currency, stakes
    in stake currency, profits as ratios, times in ms since 1970 (UTC).
    """

    kind: Kind
    subject: Subject
    text: str
    at: datetime
    at_ts: int
    last_ts: int
    times: int
    facts: dict[str, str | int | float | bool | None]


class CandleSignal(Struct, frozen=True, kw_only=True):
    """Show the signals of a candle: the columns that are set, and the tags."""

    columns: list[str]
    enter_tag: str | None
    exit_tag: str | None


class CandleDecision(Struct, frozen=True, kw_only=True):
    """Show what was decided on a candle, which opened at `candle` (UTC).

    `text` is the newest step. `signal` is null where the candle was not analysed; `indicators` are the
    strategy's numbers of that candle, 32 columns at most.
    """

    candle: datetime
    candle_ts: int
    text: str
    signal: CandleSignal | None
    indicators: dict[str, float | None]
    steps: list[DecisionStep]


class PairDecisions(Struct, frozen=True, kw_only=True):
    """Show the candles of a pair, newest first. `left_out` says why it is not on the whitelist, if so."""

    pair: str
    is_listed: bool
    left_out: str | None
    text: str
    candles: list[CandleDecision]


class Decisions(Struct, frozen=True, kw_only=True):
    """Show decisions by pair. `everywhere` has steps that concern all pairs, newest first."""

    timeframe: str
    everywhere: list[DecisionStep]
    pairs: list[PairDecisions]


class DecisionNews(Struct, frozen=True, kw_only=True):
    """Show a step that is new: what the message `decision` contains. `pair` is "*" if it concerns all."""

    pair: str
    candle_ts: int
    step: DecisionStep


async def read_decisions(bot: "Bot", query: DecisionsQuery) -> Decisions:
    """Show what the bot decided and why, from memory: the newest candle of each pair, or a pair's history.

    Raises NotFound for a pair that the exchange does not have.
    """
    return await for_readers(decisions, bot, query)


def decisions(bot: "Bot", query: DecisionsQuery) -> Decisions:
    """Return the same at once, which takes some milliseconds for a hundred pairs; thread-safe."""
    if query.pair is None:
        known = (*bot.followed_pairs, *bot.decisions.left_out)
        pairs = list(dict.fromkeys(known))
        limit = max(min(query.limit or 1, MOST_CANDLES // max(len(pairs), 1)), 1)
    else:
        pairs, limit = [query.pair], query.limit or USUAL_LIMIT
    return Decisions(
        timeframe=bot.resolved.timeframe,
        everywhere=[
            step
            for record in bot.decisions.newest_first(EVERYWHERE, limit)
            for step in reversed([step_shown(step) for step in record.steps])
        ],
        pairs=[_of_pair(bot, pair, limit) for pair in pairs],
    )


def news(new: NewStep) -> DecisionNews:
    """Return a new step as the message `decision` shows it."""
    return DecisionNews(pair=new.pair, candle_ts=new.candle, step=step_shown(new.step))


def step_shown(step: Step) -> DecisionStep:
    """Return a step with its sentence."""
    return DecisionStep(
        kind=step.kind,
        subject=FORMS[step.kind].subject,
        text=sentence(step),
        at=_date(step.first),
        at_ts=step.first,
        last_ts=step.last,
        times=step.times,
        facts=facts_of(step),
    )


def _of_pair(bot: "Bot", pair: str, limit: int) -> PairDecisions:
    records = bot.decisions.newest_first(pair, limit)
    candles = [_candle(bot, record) for record in records]
    left_out = _why_left_out(bot, pair)
    if not records and left_out is None and pair not in bot.followed_pairs:
        raise NotFound(f"{bot.gateway.name} has no pair {pair}, and nothing was decided about it")
    text = left_out or (candles[0].text if candles else "nothing was decided yet")
    return PairDecisions(
        pair=pair, is_listed=pair in bot.whitelist, left_out=left_out, text=text, candles=candles
    )


def _why_left_out(bot: "Bot", pair: str) -> str | None:
    """Return why a pair is not on the whitelist; None if it is, or if there is no such pair."""
    if pair in bot.whitelist:
        return None
    found = bot.decisions.left_out.get(pair)
    if found is not None:
        step = Step(Kind.LEFT_OUT, found.since, found.since, 1, (found.by, found.reason))
    elif pair in bot.gateway.markets:
        first = bot.pairs.chain.links[0]
        chooses = first.summary().removeprefix(f"{first.name}: ")
        step = Step(Kind.LEFT_OUT, 0, 0, 1, (first.name, chooses))
    else:
        return None
    return sentence(step)


def _candle(bot: "Bot", record: CandleRecord) -> CandleDecision:
    own = bot.decisions.signal_step(record)
    steps = [step_shown(step) for step in ([own] if own else []) + record.steps]
    latest = max(steps, key=lambda step: step.at_ts).text if steps else "nothing was decided"
    return CandleDecision(
        candle=_date(record.opened),
        candle_ts=record.opened,
        text=latest,
        signal=_signal(record),
        indicators=dict(zip(bot.decisions.names(record), unpacked(record.values), strict=False)),
        steps=steps,
    )


def _signal(record: CandleRecord) -> CandleSignal | None:
    if not record.flags & ANALYSED:
        return None
    return CandleSignal(columns=record.signals, enter_tag=record.enter_tag, exit_tag=record.exit_tag)


def _date(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
