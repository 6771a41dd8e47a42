"""A market as a row of `list-markets`."""

import pytest

from appliance.domain.futures import LeverageTier
from appliance.domain.market import Market, Ticker
from appliance.exchange.ccxt_layout import ccxt_layout
from appliance.reports.views.market_row import COLUMNS, is_linear_perpetual, market_row

SPOT = Market(pair="ETH/USDT", base="ETH", quote="USDT", cost_min=5.0, amount_min=0.01)
SWAP = Market(
    pair="ETH/USDT:USDT", base="ETH", quote="USDT", spot=False, swap=True, amount_min=1.0, contract_size=0.1
)
TIERS = tuple(
    LeverageTier(least=least, most=most, largest_leverage=largest, maintenance_ratio=0.01)
    for least, most, largest in ((0.0, 500.0, 50.0), (500.0, 1_000.0, 20.0))
)


def ticker(last: float | None, ask: float | None = None) -> Ticker:
    return Ticker(pair="ETH/USDT", bid=None, ask=ask, last=last)


@pytest.mark.parametrize(
    ("shown", "smallest"),
    [(ticker(2000.0), 22.0), (ticker(None, 2000.0), 22.0), (ticker(None), 5.5), (None, 5.5)],
)
def test_the_smallest_stake_satisfies_the_limits_of_cost_and_amount(
    shown: Ticker | None, smallest: float
) -> None:
    row = market_row(SPOT, ccxt_layout(SPOT), ticker=shown, reserve=0.1)
    assert row.min_stake == smallest


def test_without_limits_any_stake_will_do() -> None:
    free = Market(pair="ETH/USDT", base="ETH", quote="USDT")
    assert market_row(free, ccxt_layout(free)).min_stake == 0.0


@pytest.mark.parametrize(("tiers", "leverage"), [(TIERS, 20.0), (TIERS[:1], 1.0), (None, 1.0)])
def test_the_leverage_is_that_of_a_usual_stake(tiers, leverage: float) -> None:
    assert market_row(SWAP, ccxt_layout(SWAP), tiers=tiers).leverage == leverage


def test_cells_name_the_kinds_of_markets() -> None:
    cells = dict(
        zip(COLUMNS, market_row(SWAP, ccxt_layout(SWAP), ticker=ticker(2000.0)).cells(), strict=True)
    )
    assert (cells["Id"], cells["Spot"], cells["Future"]) == ("ETHUSDT", "", "Future")
    assert (cells["Active"], cells["Min Stake"]) == ("True", "200.0")
    assert is_linear_perpetual(ccxt_layout(SWAP))
    assert not is_linear_perpetual(ccxt_layout(SPOT))
