"""Check a user's statement about the fate of an order against the exchange."""

from enum import StrEnum

from appliance.domain.journal import JournalEntry
from appliance.domain.market import ExchangeOrder
from appliance.rules.resolution import Evidence

AMOUNT_TOLERANCE = 0.01
"""Accepted difference between sent and reported amount, as a ratio: exchanges round to their step."""


class Claim(StrEnum):
    """Name the statement: the order did not arrive, the exchange rejected it, or the exchange has it."""

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
    """Return what contradicts `claim`; empty if the exchange confirms it.

    `evidence` is the answer of the exchange for our client order id, None if it could not be reached. `named`
    is the order to adopt, as the exchange has it. `patience` (s) is how long a request in transit may still
    be accepted.
    """
    if claim is Claim.ADOPT:
        found = evidence.found if evidence else None
        problems = [] if named is None else _mismatches(entry, named)
        if found is not None and named is not None and found.id != named.id:
            problems.append(f"with our client order id the exchange has order {found.id}")
        return problems
    if evidence is None:
        return ["the exchange cannot be asked now"]
    if evidence.found is not None:
        return [f"the exchange has it: {in_words(evidence.found)}"]
    if not evidence.complete:
        return ["not all order lists of the exchange could be searched"]
    if evidence.waited < patience:
        return [f"the exchange may still accept it, for another {patience - evidence.waited:.0f} s"]
    return []


def _mismatches(entry: JournalEntry, named: ExchangeOrder) -> list[str]:
    """Return how the order to adopt differs from the order in the journal."""
    problems = []
    if named.client_order_id not in (None, "", entry.client_order_id):
        problems.append(f"order {named.id} has another client order id than ours: {named.client_order_id}")
    if named.side != entry.side:
        problems.append(f"order {named.id} is a {named.side} order, ours is a {entry.side} order")
    if abs(named.amount - entry.amount) > AMOUNT_TOLERANCE * entry.amount:
        problems.append(f"order {named.id} has an amount of {named.amount:.8g}, ours of {entry.amount:.8g}")
    return problems


def in_words(seen: ExchangeOrder) -> str:
    """Describe an order of the exchange in one line. Amounts in base currency, price in quote currency."""
    price = seen.average or seen.price
    at = f" at {price:.8g}" if price else ""
    return f"{seen.side} order {seen.id}, {seen.status}, {seen.filled:.8g} of {seen.amount:.8g} filled{at}"
