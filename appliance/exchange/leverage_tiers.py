"""Make leverage tiers: careful ones for exchanges that do not publish theirs."""

from collections.abc import Iterable
from functools import cache

from appliance.domain.futures import LeverageTier, Tiers

_CAREFUL = (
    (50_000.0, 20.0, 0.025),
    (250_000.0, 10.0, 0.05),
    (1_000_000.0, 5.0, 0.1),
    (5_000_000.0, 2.0, 0.125),
    (None, 1.0, 0.5),
)
"""Largest worth (stake currency), most leverage, maintenance ratio. Large exchanges allow several times as
much for the coins that are traded most, and about this for the least: liquidation comes early here."""


@cache
def careful_tiers() -> Tiers:
    """Return tiers for any pair in dry-run, where the exchange shows its own to customers only."""
    return tiers(_CAREFUL)


def tiers(steps: Iterable[tuple[float | None, float, float]]) -> Tiers:
    """Make tiers of (largest worth, most leverage, maintenance ratio), the smallest first.

    Maintenance amounts follow: the margin needed must not jump where one tier ends and the next begins.
    """
    found: list[LeverageTier] = []
    least = before = amount = 0.0
    for most, leverage, ratio in steps:
        amount += least * (ratio - before)
        found.append(
            LeverageTier(
                least=least,
                most=most,
                largest_leverage=leverage,
                maintenance_ratio=ratio,
                maintenance_amount=amount,
            )
        )
        least, before = most or 0.0, ratio
    return tuple(found)
