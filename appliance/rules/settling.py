"""Decide what became of an order whose answer was lost, by what the exchange says and by nothing else."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from appliance.domain.journal import JournalEntry
from appliance.domain.market import ExchangeOrder


class Verdict(StrEnum):
    """ADOPT: the exchange has the order. NEVER_SENT: it does not and will not. WAIT: not known yet."""

    ADOPT = "adopt"
    NEVER_SENT = "never_sent"
    WAIT = "wait"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """State what the exchange said of an order.

    `found` is the order, None where it was not among what was looked through. `complete` says whether all
    places were looked through in which it could stand; `asked_at` when (UTC).
    """

    found: ExchangeOrder | None
    complete: bool
    asked_at: datetime


def settle_unknown(entry: JournalEntry, evidence: Evidence, patience: timedelta) -> Verdict:
    """Judge one order. Nothing is guessed: an order counts as never sent only when the exchange, asked for
    everything, does not have it, and that later than `patience` after it was written down, when a request
    that was still on its way could no longer be accepted.
    """
    if evidence.found is not None:
        return Verdict.ADOPT
    if evidence.complete and evidence.asked_at - entry.created_at >= patience:
        return Verdict.NEVER_SENT
    return Verdict.WAIT
