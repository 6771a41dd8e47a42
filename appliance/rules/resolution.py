"""Decide what became of an order whose answer was lost, by what the exchange says and by nothing else."""

from enum import StrEnum

import msgspec

from appliance.domain.market import ExchangeOrder

_MARGIN_SECONDS = 10.0
"""Exchanges take what is signed for a moment ahead of their time, clocks err, and lists lag behind."""
_WITHOUT_WINDOW_MS = 10_000.0
"""What is reckoned with where requests bear no time after which they are refused."""
_USUAL_TIMEOUT_MS = 10_000.0
_LONGEST_PAUSE_SECONDS = 8.0
_FORGETTING_RATIO, _FORGETTING_SECONDS = 10, 300.0


class Verdict(StrEnum):
    """ADOPT: the exchange has the order. NEVER_SENT: it does not and will not. WAIT: not known yet."""

    ADOPT = "adopt"
    NEVER_SENT = "never_sent"
    WAIT = "wait"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """State what the exchange said of an order.

    `found` is the order, None where it was not among what was looked through. `complete` says whether all
    places were looked through in which it could stand. `waited` is how long the question has been open, in
    seconds of a clock that cannot be set.
    """

    found: ExchangeOrder | None
    complete: bool
    waited: float


def settle_unknown(evidence: Evidence, patience: float) -> Verdict:
    """Judge one order. Nothing is guessed: an order counts as never sent only when the exchange, asked for
    everything, does not have it, and that after `patience` seconds, when a request that was still on its way
    could no longer be accepted.
    """
    if evidence.found is not None:
        return Verdict.ADOPT
    if evidence.complete and evidence.waited >= patience:
        return Verdict.NEVER_SENT
    return Verdict.WAIT


def asks_again(asked: float | None, waited: float, patience: float) -> bool:
    """Tell whether to ask once more for an order that the exchange did not have after `asked` seconds (s).

    None: it has not answered yet. Asked in all its places an exchange reckons as much as for ten orders, and
    who asks in each cycle is soon kept from asking anything. When `patience` is over it is asked at once.
    """
    if asked is None or asked < patience <= waited:
        return True
    return waited >= asked + min(asked + 1.0, _LONGEST_PAUSE_SECONDS)


def settling_seconds(window_ms: float | None, timeout_ms: float) -> float:
    """Return for how long (s) after it was given up a request may still be accepted and not be seen.

    `window_ms` (ms) is how old a request may be that the exchange takes, None where it bears no such limit;
    `timeout_ms` (ms) after what it is given up here, which says how slow the exchange may be.
    """
    if not window_ms or window_ms < 0:
        window_ms, timeout_ms = _WITHOUT_WINDOW_MS, max(timeout_ms, _USUAL_TIMEOUT_MS)
    return (window_ms + max(timeout_ms, 0.0)) / 1000 + _MARGIN_SECONDS


def forgetting_seconds(settling: float) -> float:
    """Return how long (s) an order is looked for that the exchange has told of, and does not find.

    `settling` (s) is what `settling_seconds` says; 0 is an exchange that cannot forget, the dry-run's.
    """
    return max(settling * _FORGETTING_RATIO, _FORGETTING_SECONDS) if settling > 0 else 0.0
