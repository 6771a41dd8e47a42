"""Prepare the curves of an account for the page."""

from typing import Any

from appliance.reports.number_format import money_places
from appliance.research.backtest.series import Floats
from appliance.research.report.downsample import buckets_of
from appliance.research.report.equity import Account
from appliance.research.report.underwater import drawdowns

MOST_POINTS = 4000


def curves_of(account: Account, currency: str, most_points: int = MOST_POINTS) -> dict[str, Any]:
    """Return curves by name, with the same points: `times` in seconds since 1970.

    Money in stake currency, `drawdown` in percent, 0 or below. `candles` is how many candles a point pair
    stands for (1: each point is one candle).
    """
    buckets = buckets_of(account.opened, most_points)
    places = money_places(currency)
    falls = -100 * drawdowns(account.equity, account.starting_balance)

    def points(values: Floats, digits: int) -> list[float]:
        rounded: list[float] = (np_round(buckets.reduce(values), digits)).tolist()
        return rounded

    return {
        "times": (buckets.opened // 1000).tolist(),
        "candles": buckets.size,
        "start": account.starting_balance,
        "equity": points(account.equity, places),
        "balance": points(account.balance, places),
        "market": points(account.market, places),
        "drawdown": points(falls, 3),
    }


def np_round(values: Floats, digits: int) -> Floats:
    """Round, with 0 for minus 0."""
    return values.round(digits) + 0.0
