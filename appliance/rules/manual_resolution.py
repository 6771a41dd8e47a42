"""Judge what a person says became of an order, by what the exchange says of it."""

from enum import StrEnum

from appliance.domain.journal import JournalEntry
from appliance.domain.market import ExchangeOrder
from appliance.rules.resolution import Evidence

AMOUNT_TOLERANCE = 0.01
"""How far an order's amount may be from what was to be sent, as a ratio: exchanges cut to their step."""


class Claim(StrEnum):
    """NEVER_SENT: it did not arrive. REJECTED: the exchange refused it. ADOPT: the exchange has it."""

    NEVER_SENT = "never_sent"
    REJECTED = "rejected"
    ADOPT = "adopt"


def objections(
    claim: Claim,
    entry: JournalEntry,
    evidence: Evidence | None,
    named: ExchangeOrder | None,
    patience: float,
) -> list[str]:
    """Say what speaks against `claim`; nothing where the exchange bears it out.

    `evidence` is what the exchange said when asked by our id, None where it could not be asked. `named` is
    the order that is to be adopted, as the exchange has it. `patience` (s) is how long a request on its way
    may still be accepted.
    """
    if claim is Claim.ADOPT:
        found = evidence.found if evidence else None
        told = [] if named is None else _mismatches(entry, named)
        if found is not None and named is not None and found.id != named.id:
            told.append(f"by our id the exchange has it as {found.id}")
        return told
    if evidence is None:
        return ["the exchange cannot be asked now"]
    if evidence.found is not None:
        return [f"the exchange has it: {in_words(evidence.found)}"]
    if not evidence.complete:
        return ["not every place on the exchange could be looked through"]
    if evidence.waited < patience:
        return [f"the exchange may still accept it, for another {patience - evidence.waited:.0f} s"]
    return []


def _mismatches(entry: JournalEntry, named: ExchangeOrder) -> list[str]:
    """Say in what the order that is to be adopted is not the one that was to be sent."""
    told = []
    if named.client_order_id not in (None, "", entry.client_order_id):
        told.append(f"order {named.id} bears another id than ours: {named.client_order_id}")
    if named.side != entry.side:
        told.append(f"order {named.id} is a {named.side} order, ours was to {entry.side}")
    if abs(named.amount - entry.amount) > AMOUNT_TOLERANCE * entry.amount:
        told.append(f"order {named.id} is of {named.amount:.8g}, ours was to be of {entry.amount:.8g}")
    return told


def in_words(seen: ExchangeOrder) -> str:
    """Tell an order of the exchange's in a line. Amounts in base currency, price in quote currency."""
    price = seen.average or seen.price
    at = f" at {price:.8g}" if price else ""
    return f"{seen.side} order {seen.id}, {seen.status}, {seen.filled:.8g} of {seen.amount:.8g} filled{at}"
