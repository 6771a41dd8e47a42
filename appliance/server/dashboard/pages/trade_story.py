"""Tell everything that happened to a trade, in the order of time.

Of orders, their journal, decisions of the bot (which include what the strategy answered), values that the
strategy has stored, and commands in the audit log.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from msgspec import Struct

from appliance.domain.audit import AuditLine
from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import Step
from appliance.domain.decisions.sentences import facts_of, sentence
from appliance.domain.journal import JournalEntry
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.queries.custom_data import CustomDataEntry
from appliance.reports.number_format import amount, exact, gain, price

_OF_TRADE: Final = frozenset(
    {
        Kind.STOP_MOVED,
        Kind.EXIT_DUE,
        Kind.EXIT_NOT_CONFIRMED,
        Kind.EXIT_WAITS,
        Kind.EXIT_FAILED,
        Kind.ADJUSTMENT_WANTED,
        Kind.NOT_ADJUSTED,
    }
)
"""Decisions that name their trade and belong to its story; its orders tell the rest."""
_OF_ENTRY: Final = frozenset({Kind.SIGNAL, Kind.PLANNED})
"""Decisions shortly before a trade opens that led to it."""
_BEFORE_ENTRY: Final = timedelta(minutes=2)
_SUMMARY: Final = re.compile(r" \((running|paused|stopped|reload_config), \d+ open trades?\b.*\)$", re.DOTALL)
_OUTCOME: Final = re.compile(r"outcome of (\d+)")
_ORDER: Final = ("command", "decision", "stop", "order", "fill", "data", "end")
"""The order of what happened at the same time."""
LEAST_RUN: Final = 4
LONGEST: Final = 300
"""Characters of a value or a command that are shown."""


class Happening(Struct, frozen=True, order=True, kw_only=True):
    """Show one thing that happened: when (UTC), and what, in words.

    `kind`: command, decision, stop, order, fill, data, or end. `order_id` is our client order id. `moved`:
    from where to where the stop moved.
    """

    at: datetime
    text: str
    kind: str = "order"
    order_id: str = ""
    moved: tuple[float, float] | None = None


JUST_BEFORE = timedelta(minutes=1)
"""How much earlier than its trade an order may be written down: that happens first."""


class Sources(Struct, frozen=True, kw_only=True):
    """Hold what a story is told of, beside the trade itself."""

    steps: Sequence[Step] = ()
    journal: Sequence[JournalEntry] = ()
    data: Sequence[CustomDataEntry] = ()
    audit: Sequence[AuditLine] = ()


def happenings(trade: Trade, sources: Sources | None = None) -> list[Happening]:
    """Return what happened to a trade, first things first."""
    sources = sources or Sources()
    found = [event for order in trade.orders for event in _of_order(order, trade)]
    found += [_of_step(step) for step in sources.steps]
    found += _of_journal(trade, sources.journal)
    found += [_of_value(one) for one in sources.data]
    found += _of_audit([line for line in sources.audit if line.record.at >= _begun(trade)])
    if trade.close_date:
        made = gain(trade.close_profit_abs, trade.stake_currency)
        reason = f" by {trade.exit_reason}" if trade.exit_reason else ""
        text = f"Closed{reason}: {made} {trade.stake_currency}"
        found.append(Happening(at=trade.close_date, text=text, kind="end"))
    return _with_runs(sorted(found, key=lambda event: (event.at, _ORDER.index(event.kind))))


def _with_runs(events: Sequence[Happening]) -> list[Happening]:
    """Return the events with many moves of the stop in a row, as trailing makes them, as one."""
    told: list[Happening] = []
    for is_stop, group in groupby(events, lambda event: event.moved is not None):
        run = list(group)
        if not is_stop or len(run) < LEAST_RUN:
            told += run
            continue
        (first, _), (_, last) = run[0].moved or (0.0, 0.0), run[-1].moved or (0.0, 0.0)
        text = f"Stop moved {len(run)} times, from {price(first)} to {price(last)}, until {exact(run[-1].at)}"
        told.append(Happening(at=run[0].at, text=text, kind="stop"))
    return told


def _of_step(step: Step) -> Happening:
    facts = facts_of(step)
    before, after = facts.get("before"), facts.get("stop")
    is_move = step.kind is Kind.STOP_MOVED and isinstance(before, int | float)
    return Happening(
        at=datetime.fromtimestamp(step.first / 1000, UTC),
        text=_capital(sentence(step)),
        kind="stop" if step.kind is Kind.STOP_MOVED else "decision",
        moved=(float(before), float(after)) if is_move and isinstance(after, int | float) else None,  # type: ignore[arg-type]
    )


def steps_about(trade: Trade, steps: Iterable[Step]) -> list[Step]:
    """Return which decisions about the pair of a trade are about it."""
    opened = trade.open_date.timestamp() * 1000
    earliest = opened - _BEFORE_ENTRY.total_seconds() * 1000

    def belongs(step: Step) -> bool:
        if step.kind in _OF_TRADE:
            return facts_of(step).get("trade_id") == trade.id and step.last >= earliest
        return step.kind in _OF_ENTRY and earliest <= step.last <= opened + 1000

    return [step for step in steps if belongs(step)]


def _of_order(order: Order, trade: Trade) -> Iterator[Happening]:
    base, tag = trade.safe_base_currency, f" ({order.ft_order_tag})" if order.ft_order_tag else ""
    side = order.side or order.ft_order_side
    wanted = f"{order.order_type or ''} {side} of {amount(order.ft_amount)} {base} at {price(order.ft_price)}"
    own_id = order.client_order_id or ""
    yield Happening(at=order.order_date, text=f"Order placed: {wanted.strip()}{tag}", order_id=own_id)
    if order.safe_filled and order.order_filled_date:
        text = f"Order filled: {side} of {amount(order.safe_filled)} {base} at {price(order.safe_price)}{tag}"
        yield Happening(at=order.order_filled_date, text=text, kind="fill", order_id=own_id)
    elif not order.ft_is_open:
        reason = f": {order.ft_cancel_reason}" if order.ft_cancel_reason else ""
        ended = order.order_update_date or order.order_date
        yield Happening(at=ended, text=f"Order ended unfilled{reason}", order_id=own_id)


def _begun(trade: Trade) -> datetime:
    """Return from when on things are about this trade: the id of one that never filled is given again."""
    return min([trade.open_date, *(order.order_date for order in trade.orders)]) - JUST_BEFORE


def _of_journal(trade: Trade, entries: Iterable[JournalEntry]) -> Iterator[Happening]:
    """Return what the journal says beyond the orders: those that came to nothing, and notes."""
    told = {order.client_order_id: order.ft_cancel_reason for order in trade.orders}
    begun = _begun(trade)
    for entry in entries:
        if entry.pair != trade.pair or entry.created_at < begun:
            continue
        if entry.client_order_id in told and entry.note in (None, "", told[entry.client_order_id]):
            continue
        what = f"{entry.order_type} {entry.side} of {amount(entry.amount)} at {price(entry.rate)}"
        note = f": {entry.note}" if entry.note else ""
        yield Happening(
            at=entry.updated_at,
            text=f"Journal: the {what} is {entry.state.value.replace('_', ' ')}{note}",
            order_id=entry.client_order_id,
        )


def _of_value(one: CustomDataEntry) -> Happening:
    when = one.updated_at or one.created_at
    return Happening(at=when, text=f"The strategy stored {one.key} = {str(one.value)[:LONGEST]}", kind="data")


def _of_audit(lines: Sequence[AuditLine]) -> Iterator[Happening]:
    """Return the commands, each with its outcome."""
    outcomes = {
        int(named[1]): _SUMMARY.sub("", line.record.after or "")
        for line in lines
        if (named := _OUTCOME.fullmatch(line.record.what))
    }
    for line in lines:
        record = line.record
        if _OUTCOME.fullmatch(record.what):
            continue
        outcome = outcomes.get(line.number)
        said = f" → {outcome}" if outcome else ""
        text = f"{record.who} ({record.origin}) commanded {record.what[:LONGEST]}{said[:LONGEST]}"
        yield Happening(at=record.at, text=text, kind="command")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
