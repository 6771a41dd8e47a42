"""Backtests with models of realism: what fills, where, and that it is never better than without."""

from itertools import pairwise

import numpy as np
import pytest

from appliance.domain.enums import ExitType
from appliance.research.backtest.plan import planned
from appliance.research.backtest.run import backtest
from appliance.research.backtest.setup import preparations
from tests.support.research.backtests import BEGIN, FIVE_MINUTES, Workspace, walk

ENTER = "dataframe.loc[0, 'enter_long'] = 1"
MARKET_ORDERS = (
    "order_types = {'entry': 'market', 'exit': 'market', 'stoploss': 'market', 'stoploss_on_exchange': False}"
)
CALM = (100.0, 101.0, 99.0, 100.0)


@pytest.fixture
def space(tmp_path):
    made = Workspace(tmp_path / "user_data")
    made.config["exchange"]["pair_whitelist"] = ["BTC/USDT"]
    made.config |= {"entry_pricing": {"price_side": "other"}, "exit_pricing": {"price_side": "other"}}
    return made


def outcome_of(space, realism, **overrides):
    loaded = space.loaded(
        **{f"backtest_realism.{name}": value for name, value in realism.items()}, **overrides
    )
    (prepared,) = preparations(planned(loaded))
    return backtest(prepared)


def candles(*rows, volume=1000.0):
    """Candles of (open, high, low, close); the last one makes the price step 0.01."""
    last = (100.0, 100.01, 100.0, 100.0)
    table = [(BEGIN + FIVE_MINUTES * place, *row, volume) for place, row in enumerate((*rows, last))]
    return np.array(table)


def only(outcome):
    (trade,) = outcome.trades
    return trade


def test_entry_and_forced_exit_pay_half_the_spread_each(space):
    space.strategy(entries=ENTER)
    space.store("BTC/USDT", candles(CALM, CALM, CALM, CALM))
    trade = only(outcome_of(space, {"spread": 0.02}))
    assert (trade.open_rate, trade.close_rate) == (101.0, 99.0)
    assert trade.exit_reason == "force_exit"


def test_limit_orders_do_not_slip_and_market_orders_do(space):
    space.store("BTC/USDT", candles(CALM, CALM, CALM, CALM))
    space.strategy(entries=ENTER)
    trade = only(outcome_of(space, {"slippage": 0.05}))
    assert (trade.open_rate, trade.close_rate) == (100.0, 100.0)
    space.strategy("Other", entries=ENTER, attributes=MARKET_ORDERS)
    trade = only(outcome_of(space, {"slippage": 0.05}, strategy="Other"))
    assert (trade.open_rate, trade.close_rate) == (105.0, 95.0)  # beyond the candles, see `slipped`
    entry, leave = trade.orders
    assert (entry.price, entry.average) == (100.0, 105.0)
    assert leave.cost == pytest.approx(leave.filled * 95.0 * (1 + trade.fee_close))


def test_stops_slip_whatever_the_type_of_order(space):
    space.strategy(entries=ENTER)
    space.store("BTC/USDT", candles(CALM, CALM, (100.0, 100.0, 89.0, 95.0), CALM))
    assert only(outcome_of(space, {})).close_rate == 90.0
    assert only(outcome_of(space, {"slippage": 0.01})).close_rate == 89.1
    both = only(outcome_of(space, {"slippage": 0.01, "spread": 0.02}))
    assert both.open_rate == 101.0
    assert both.stop_loss == 90.9
    assert both.close_rate == 89.09  # the stop, less half the spread (89.99), less slippage, rounded down


def test_a_minimal_roi_needs_the_price_to_go_through_it(space):
    space.strategy(entries=ENTER, attributes="minimal_roi = {'0': 0.05}\n    stoploss = -0.5")
    plain_fill = 105.22  # 5 % after fees
    space.store(
        "BTC/USDT", candles(CALM, CALM, (100.0, 105.5, 100.0, 100.0), (100.0, 112.0, 99.0, 100.0), CALM)
    )
    plain, with_spread = (only(outcome_of(space, {"spread": spread})) for spread in (0.0, 0.02))
    assert plain.close_rate == pytest.approx(plain_fill, abs=0.02)
    assert with_spread.open_rate == 101.0
    assert with_spread.close_date > plain.close_date
    assert with_spread.close_rate == pytest.approx(plain_fill * 1.01, abs=0.02)
    assert with_spread.close_profit == pytest.approx(0.05, abs=1e-4)


def test_a_limit_order_needs_the_price_to_go_through_it(space):
    price = "def custom_entry_price(self, **kwargs):\n        return 98.0"
    space.strategy(entries=ENTER, more=price)
    space.config["unfilledtimeout"] = {"entry": 60, "exit": 60}
    touch, through = (100.0, 101.0, 98.0, 100.0), (100.0, 101.0, 97.0, 100.0)
    space.store("BTC/USDT", candles(CALM, CALM, touch, through, CALM, CALM))
    filled = [only(outcome_of(space, {"spread": spread})).orders[0] for spread in (0.0, 0.01)]
    assert [order.safe_price for order in filled] == [98.0, 98.0]
    assert (
        filled[1].order_filled_date - filled[0].order_filled_date
        == filled[0].order_filled_date - filled[0].order_date
    )


def test_a_stop_that_the_candle_opened_beyond_fills_at_the_open(space):
    space.strategy(entries=ENTER)
    gap = (85.0, 92.0, 80.0, 85.0)
    space.store("BTC/USDT", candles(CALM, CALM, gap, CALM))
    assert only(outcome_of(space, {})).close_rate == 90.0
    assert only(outcome_of(space, {"gaps_through_stops": True})).close_rate == 85.0


def test_a_stop_within_the_candle_is_no_gap(space):
    space.strategy(entries=ENTER)
    space.store("BTC/USDT", candles(CALM, CALM, (95.0, 96.0, 80.0, 85.0), CALM))
    assert only(outcome_of(space, {"gaps_through_stops": True})).close_rate == 90.0


def test_a_stop_that_the_same_candle_has_moved_is_no_gap(space):
    trailing = "trailing_stop = True\n    stoploss = -0.1\n    minimal_roi = {}"
    space.strategy(entries=ENTER, attributes=trailing)
    space.store("BTC/USDT", candles(CALM, CALM, (100.0, 120.0, 95.0, 100.0), CALM))
    plain, gaps = (only(outcome_of(space, {"gaps_through_stops": on})) for on in (False, True))
    assert plain.exit_reason == gaps.exit_reason == ExitType.TRAILING_STOP_LOSS.value
    assert plain.close_rate == gaps.close_rate == 108.0


def test_behind_a_gap_the_stop_comes_before_the_roi(space):
    """A trailing stop is tried after the minimal ROI, but the candle began with the stop."""
    trailing = "trailing_stop = True\n    stoploss = -0.1\n    minimal_roi = {'0': 0.2}"
    space.strategy(entries=ENTER, attributes=trailing)
    up, gap = (100.0, 115.0, 110.0, 112.0), (100.0, 125.0, 99.0, 100.0)
    space.store("BTC/USDT", candles(CALM, CALM, up, gap, CALM))
    plain, gaps = (only(outcome_of(space, {"gaps_through_stops": on})) for on in (False, True))
    assert (plain.exit_reason, plain.close_rate > 120) == ("roi", True)
    assert (gaps.exit_reason, gaps.close_rate) == ("trailing_stop_loss", 100.0)


def test_an_entry_takes_its_part_of_the_volume_at_most(space):
    space.strategy(entries=ENTER)
    space.store("BTC/USDT", candles(CALM, CALM, CALM, CALM, volume=4.0))
    wanted = only(outcome_of(space, {})).amount
    outcome = outcome_of(space, {"volume_cap": 0.1})
    assert wanted == pytest.approx(1.0)
    assert only(outcome).amount == pytest.approx(0.4)
    assert only(outcome).stake_amount == pytest.approx(40.0)
    assert outcome.counters.entries_cut_by_volume == 1
    assert outcome.counters.exits_beyond_volume == 0


def test_without_volume_there_is_no_entry(space):
    space.strategy(entries=ENTER)
    space.store("BTC/USDT", candles(CALM, CALM, CALM, CALM, volume=0.0))
    outcome = outcome_of(space, {"volume_cap": 0.1})
    assert outcome.trades == []
    assert outcome.counters.entries_without_volume == 1


def test_exits_beyond_the_cap_fill_and_are_counted(space):
    space.strategy(entries=ENTER, exits="dataframe.loc[1, 'exit_long'] = 1")
    table = candles(CALM, CALM, CALM, CALM, volume=100.0)
    table[2, 5] = 1.0
    space.store("BTC/USDT", table)
    outcome = outcome_of(space, {"volume_cap": 0.1})
    assert only(outcome).exit_reason == "exit_signal"
    assert outcome.counters.exits_beyond_volume == 1


def test_the_volume_of_detail_candles_counts(space):
    space.strategy(entries=ENTER)
    space.store("BTC/USDT", candles(CALM, CALM, CALM, CALM, volume=1000.0))
    minutes = np.repeat(candles(CALM, CALM, CALM, CALM, volume=2.0), 5, axis=0)
    minutes[:, 0] = BEGIN + 60_000 * np.arange(len(minutes))
    space.store("BTC/USDT", minutes, "1m")
    assert only(outcome_of(space, {"volume_cap": 0.1}, timeframe_detail="1m")).amount == pytest.approx(0.2)


@pytest.fixture
def futures(space):
    pair = "BTC/USDT:USDT"
    space.config |= {"trading_mode": "futures", "margin_mode": "isolated"}
    space.config["exchange"]["pair_whitelist"] = [pair]
    space.store(pair, walk(2, timeframe="1h"), "1h", "mark")
    space.store(pair, np.array([[BEGIN, 0.0]]), "1h", "funding_rate")
    return pair, space


def test_shorts_sell_low_and_buy_back_high(futures):
    pair, space = futures
    shorts = {"entries": "dataframe.loc[0, 'enter_short'] = 1", "attributes": "can_short = True"}
    space.strategy(**shorts)
    space.store(pair, candles(CALM, CALM, CALM, CALM), kind="futures")
    trade = only(outcome_of(space, {"spread": 0.02}))
    assert (trade.open_rate, trade.close_rate) == (99.0, 101.0)
    space.store(pair, candles(CALM, CALM, (115.0, 120.0, 108.0, 110.0), CALM), kind="futures")
    models = ({}, {"gaps_through_stops": True}, {"gaps_through_stops": True, "slippage": 0.01})
    assert [only(outcome_of(space, one)).close_rate for one in models] == [110.0, 115.0, 116.15]


EVERY = {"slippage": 0.003, "spread": 0.002, "gaps_through_stops": True}


@pytest.mark.parametrize("orders", ["limit", "market"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("models", [*({name: value} for name, value in EVERY.items()), EVERY])
def test_no_fill_is_better_than_without(space, seed, models, orders):
    """Trades of the same candles, with the same reason, never gain more than without the models.

    Rates that follow from the entry, as that of a minimal ROI, are rounded to the step of 0.01.
    """
    space.strategy(
        entries="dataframe.loc[dataframe.index % 20 == 0, 'enter_long'] = 1",
        exits="dataframe.loc[dataframe.index % 20 == 15, 'exit_long'] = 1",
        attributes=f"stoploss = -0.01\n    minimal_roi = {{'0': 0.02}}\n    trailing_stop = {seed % 2 == 0}"
        + (f"\n    {MARKET_ORDERS}" if orders == "market" else ""),
    )
    space.store("BTC/USDT", with_gaps(walk(800, seed=seed)))
    plain = {trade.open_date: trade for trade in outcome_of(space, {}).trades}
    compared = 0
    for trade in outcome_of(space, models).trades:
        other = plain.get(trade.open_date)
        if other is None:
            continue
        assert trade.open_rate >= other.open_rate
        if (trade.close_date, trade.exit_reason) == (other.close_date, other.exit_reason):
            compared += 1
            assert trade.close_profit <= other.close_profit + 0.02 / trade.open_rate
    assert compared > 10


def with_gaps(table):
    """Let every tenth candle open 0.8 % below the close of the one before."""
    for before, after in pairwise(range(len(table))):
        if after % 10 == 0:
            table[after, 1] = round(table[before, 4] * 0.992, 2)
            table[after, 3] = min(table[after, 3], table[after, 1])
            table[after, 2] = max(table[after, 2], table[after, 1])
    return table
