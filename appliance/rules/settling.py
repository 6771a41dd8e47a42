"""Decide what became of an order whose answer was lost, by what the exchange says and by nothing else."""

from enum import StrEnum

import msgspec

from appliance.domain.market import ExchangeOrder


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
