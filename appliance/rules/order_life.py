"""Define the life of an order: which state follows which, on what evidence, and what is done then.

All information about an order goes through this table: `follow(state, evidence)`. Each step is saved (order,
trade and journal in one commit) before it is announced; after a step that changes the position its stop
orders are checked. An order that has ended without a complete fill is queried again for a while: exchanges
report fills late, and correct earlier answers.
"""

from enum import StrEnum

import msgspec

from appliance.domain.journal import JournalEntry
from appliance.domain.order import Order
from appliance.domain.order_state import FINISHED, OrderState

NEVER_SENT = "it never reached the exchange"
"""The note in the journal for an order that the exchange does not have."""
DELETED = "its trade was deleted by hand"
"""The note in the journal for orders of a deleted trade: they are not followed any more."""

ENDED_CHECKS = (3.0, 10.0, 30.0, 65.0, 180.0, 900.0)
"""Seconds after its end at which an order without a complete fill is queried again: its last fills may be
reported late."""
REFUSED_CHECKS = (5.0, 60.0)
"""The same for a rejected order: of a request that a proxy sent twice, the exchange may have accepted the
first, while the answer is that to the second."""
NOWHERE_CHECKS = (60.0, 300.0, 1800.0)
"""The same for an order that the exchange did not have."""
FILLED_CHECKS = (10.0,)
"""Seconds after a fill at which the orders of its pair are compared with the books: the network may have
delivered the request twice, and the exchange accepted it twice."""
LONGEST_CHECK = max(*ENDED_CHECKS, *REFUSED_CHECKS, *NOWHERE_CHECKS)


class Evidence(StrEnum):
    """Name what is known of an order: from the answer to its request, from a query, or from no answer."""

    OPEN = "stands open"
    PART = "partly filled"
    WHOLE = "filled whole"
    ENDED = "ended unfilled"
    ENDED_PART = "ended partly filled"
    REFUSED = "refused"
    NO_ANSWER = "no answer"
    NOT_FOUND = "not found yet"
    NOWHERE = "nowhere, for long enough"


class Event(StrEnum):
    """Name what is announced: a message of the API, or a warning (LOST, LATE)."""

    PLACED = "placed"
    FILLED = "filled"
    CANCELLED = "cancelled"
    LOST = "answer lost"
    LATE = "late fill"


class Step(msgspec.Struct, frozen=True):
    """State what follows: the next state, the announcements, and when (s) the order is queried again.

    `protects`: the position has changed, so that stop and size of its stop orders are checked.
    """

    to: OrderState
    announces: tuple[Event, ...] = ()
    protects: bool = False
    checks: tuple[float, ...] = ()


_S, _E = OrderState, Evidence
_PLACED, _FILLED, _BOTH = (Event.PLACED,), (Event.FILLED,), (Event.PLACED, Event.FILLED)
_LATE = (Event.LATE, Event.FILLED)


def _first(lost: tuple[Event, ...]) -> dict[Evidence, Step]:
    """Return the steps while it is not known whether the exchange has the order."""
    return {
        _E.OPEN: Step(_S.ACKNOWLEDGED, _PLACED),
        _E.PART: Step(_S.PARTIALLY_FILLED, _PLACED),
        _E.WHOLE: Step(_S.FILLED, _BOTH, protects=True, checks=FILLED_CHECKS),
        _E.ENDED: Step(_S.CANCELLED, checks=ENDED_CHECKS),
        _E.ENDED_PART: Step(_S.CANCELLED, _BOTH, protects=True, checks=ENDED_CHECKS),
        _E.NO_ANSWER: Step(_S.UNKNOWN, lost),
        _E.NOT_FOUND: Step(_S.UNKNOWN, lost),
        _E.NOWHERE: Step(_S.REJECTED, (Event.CANCELLED,), checks=NOWHERE_CHECKS),
    }


def _open(state: OrderState) -> dict[Evidence, Step]:
    """Return the steps of an order that is open on the exchange; fills are never taken back."""
    part = state is _S.PARTIALLY_FILLED
    ended = _FILLED if part else (Event.CANCELLED,)
    return {
        _E.OPEN: Step(state),
        _E.PART: Step(_S.PARTIALLY_FILLED),
        _E.WHOLE: Step(_S.FILLED, _FILLED, protects=True, checks=FILLED_CHECKS),
        _E.ENDED: Step(_S.CANCELLED, ended, protects=part, checks=ENDED_CHECKS),
        _E.ENDED_PART: Step(_S.CANCELLED, _FILLED, protects=True, checks=ENDED_CHECKS),
        _E.NOT_FOUND: Step(state),
        _E.NOWHERE: Step(_S.CANCELLED, ended, protects=part, checks=NOWHERE_CHECKS),
    }


TABLE: dict[OrderState, dict[Evidence, Step]] = {
    _S.INTENT: {**_first((Event.LOST,)), _E.REFUSED: Step(_S.REJECTED, checks=REFUSED_CHECKS)},
    _S.UNKNOWN: _first(()),
    _S.ACKNOWLEDGED: _open(_S.ACKNOWLEDGED),
    _S.PARTIALLY_FILLED: _open(_S.PARTIALLY_FILLED),
    _S.CANCELLED: {
        _E.PART: Step(_S.PARTIALLY_FILLED, (Event.LATE,)),
        _E.WHOLE: Step(_S.FILLED, _LATE, protects=True, checks=FILLED_CHECKS),
        _E.ENDED_PART: Step(_S.CANCELLED, _LATE, protects=True, checks=ENDED_CHECKS),
    },
    _S.REJECTED: {
        _E.OPEN: Step(_S.ACKNOWLEDGED, (Event.LATE,)),
        _E.PART: Step(_S.PARTIALLY_FILLED, (Event.LATE,)),
        _E.WHOLE: Step(_S.FILLED, _LATE, protects=True, checks=FILLED_CHECKS),
        _E.ENDED: Step(_S.CANCELLED, checks=ENDED_CHECKS),
        _E.ENDED_PART: Step(_S.CANCELLED, _LATE, protects=True, checks=ENDED_CHECKS),
    },
    _S.FILLED: {},
}
"""All steps. Evidence that is not listed for a state changes nothing."""


def follow(state: OrderState, evidence: Evidence) -> Step:
    """Return the step for `evidence` about an order in `state`; without one, the order stays as it is."""
    return TABLE[state].get(evidence, Step(state))


def evidence_of(order: Order) -> Evidence:
    """Return the evidence that the attributes of the order show."""
    if order.ft_is_open:
        return Evidence.PART if order.safe_filled > 0 else Evidence.OPEN
    if order.state is OrderState.FILLED:
        return Evidence.WHOLE
    return Evidence.ENDED_PART if order.safe_filled > 0 else Evidence.ENDED


def checks_of(line: JournalEntry) -> tuple[float, ...]:
    """Return the seconds after which an order of this line is queried again; empty for most lines."""
    if line.note == DELETED:
        return ()
    if line.state is OrderState.CANCELLED:
        return ENDED_CHECKS if line.order_id else ()
    if line.state is OrderState.FILLED:
        return FILLED_CHECKS
    if line.state is OrderState.REJECTED:
        return NOWHERE_CHECKS if line.note == NEVER_SENT else REFUSED_CHECKS
    return ()


def diagram() -> str:
    """Return the table as a Mermaid state diagram."""
    arrows: dict[tuple[OrderState, OrderState], list[str]] = {}
    for state, steps in TABLE.items():
        for evidence, step in steps.items():
            if step.to is not state or step.announces:
                arrows.setdefault((state, step.to), []).append(evidence.value)
    lines = ["stateDiagram-v2", f"    [*] --> {OrderState.INTENT}: written to the journal"]
    lines += [f"    {a} --> {b}: {', '.join(evidence)}" for (a, b), evidence in arrows.items()]
    lines += [f"    {state} --> [*]" for state in OrderState if state in FINISHED]
    return "\n".join(lines)


def table() -> str:
    """Return the table in Markdown: state, evidence, next state, announced, protected, asked for again."""
    head = "| state | evidence | next | announced | position looked at | asked for again after |"
    rows = [head, "| --- | --- | --- | --- | --- | --- |"]
    for state, steps in TABLE.items():
        for evidence, step in steps.items():
            announced = ", ".join(event.value for event in step.announces) or "-"
            again = ", ".join(f"{seconds:g}" for seconds in step.checks)
            rows.append(
                f"| {state.value} | {evidence.value} | {step.to.value} | {announced} "
                f"| {'yes' if step.protects else '-'} | {again + ' s' if again else '-'} |"
            )
    return "\n".join(rows)
