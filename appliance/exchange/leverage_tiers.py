"""Know leverage tiers without keys: as exchanges publish them, else careful ones."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from appliance.domain.futures import LeverageTier, Tiers
from appliance.exchange.families import lineage

_CAREFUL = (
    (50_000.0, 20.0, 0.025),
    (250_000.0, 10.0, 0.05),
    (1_000_000.0, 5.0, 0.1),
    (5_000_000.0, 2.0, 0.125),
    (None, 1.0, 0.5),
)
"""Largest worth (stake currency), most leverage, maintenance ratio. Large exchanges allow several times as
much for the coins that are traded most, and about this for the least: liquidation comes early here."""


class _Published(msgspec.Struct, frozen=True):
    """Hold the file of an exchange: distinct schedules, and the place of each pair's.

    A schedule has steps of (largest worth, most leverage, maintenance ratio, maintenance amount).
    """

    schedules: list[list[tuple[float, float, float, float]]]
    pairs: dict[str, int]


@cache
def published_tiers(exchange: str) -> Mapping[str, Tiers]:
    """Return the tiers that an exchange (ccxt's id) published when this program was made; none of most.

    Exchanges that show them to customers only: with keys they are asked for, which comes first.
    """
    file = files("appliance.exchange") / "published_tiers" / f"{exchange}.json"
    if not file.is_file():
        return {}
    published = msgspec.json.decode(file.read_bytes(), type=_Published)
    made = [_of_schedule(schedule) for schedule in published.schedules]
    return {pair: made[place] for pair, place in published.pairs.items()}


def _of_schedule(schedule: Iterable[tuple[float, float, float, float]]) -> Tiers:
    found, least = [], 0.0
    for most, leverage, ratio, amount in schedule:
        found.append(
            LeverageTier(
                least=least,
                most=most,
                largest_leverage=leverage,
                maintenance_ratio=ratio,
                maintenance_amount=amount,
            )
        )
        least = most
    return tuple(found)


def tiers_without_keys(exchange: str, pair: str) -> Tiers:
    """Return the published tiers of a pair, else careful ones; of a derived exchange those of its family."""
    published = (published_tiers(name).get(pair) for name in lineage(exchange))
    return next(filter(None, published), None) or careful_tiers()


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
