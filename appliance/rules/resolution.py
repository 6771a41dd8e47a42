"""Decide the fate of an order whose answer was lost, only from what the exchange reports."""

from enum import StrEnum

import msgspec

from appliance.domain.market import ExchangeOrder

_MARGIN_SECONDS = 10.0
"""Tolerance: exchanges accept timestamps slightly ahead, clocks differ, and order lists lag."""
_WITHOUT_WINDOW_MS = 10_000.0
"""Assumed validity of requests without a time after which they are refused."""
_USUAL_TIMEOUT_MS = 10_000.0
_LONGEST_PAUSE_SECONDS = 8.0
_FORGETTING_RATIO, _FORGETTING_SECONDS = 10, 300.0


class Verdict(StrEnum):
    """ADOPT: the exchange has the order. NEVER_SENT: it does not and will not. WAIT: not known yet."""

    ADOPT = "adopt"
    NEVER_SENT = "never_sent"
    WAIT = "wait"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """State what the exchange reported of an order.

    `found` is the order, None if it was in none of the searched lists. `complete` states whether all lists
    that could contain it were searched. `waited` is the time since its answer was lost, in monotonic seconds.
    """

    found: ExchangeOrder | None
    complete: bool
    waited: float


def settle_unknown(evidence: Evidence, patience: float) -> Verdict:
    """Decide the fate of one order, without guessing.

    It counts as never sent only if the exchange does not have it in any list after `patience` seconds, when a
    request in transit could no longer be accepted.
    """
    if evidence.found is not None:
        return Verdict.ADOPT
    if evidence.complete and evidence.waited >= patience:
        return Verdict.NEVER_SENT
    return Verdict.WAIT


def asks_again(asked: float | None, waited: float, patience: float) -> bool:
    """Return whether to query an order again that the exchange did not have after `asked` seconds.

    None: it has not answered yet. A search of all lists costs as much of the rate limit as ten orders, so it
    is not repeated in each cycle. Once `patience` is over, it is repeated at once.
    """
    if asked is None or asked < patience <= waited:
        return True
    return waited >= asked + min(asked + 1.0, _LONGEST_PAUSE_SECONDS)


def settling_seconds(window_ms: float | None, timeout_ms: float) -> float:
    """Return how long (s) after its timeout a request may still be accepted without being visible.

    `window_ms` is the maximum age of a request that the exchange accepts, None without a limit; `timeout_ms`
    is our timeout, which indicates how slow the exchange may be.
    """
    if not window_ms or window_ms < 0:
        window_ms, timeout_ms = _WITHOUT_WINDOW_MS, max(timeout_ms, _USUAL_TIMEOUT_MS)
    return (window_ms + max(timeout_ms, 0.0)) / 1000 + _MARGIN_SECONDS


def forgetting_seconds(settling: float) -> float:
    """Return how long (s) an order is searched that the exchange reported before and does not find now.

    `settling` (s) is the result of `settling_seconds`; 0: the dry-run exchange, which loses no orders.
    """
    return max(settling * _FORGETTING_RATIO, _FORGETTING_SECONDS) if settling > 0 else 0.0
