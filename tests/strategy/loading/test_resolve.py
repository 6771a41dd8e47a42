"""Settings: configuration over parameter file over strategy over default; what is wrong names the setting."""

import math

import pytest

from appliance.domain.errors import StrategyError
from appliance.strategy.loading.loader import load_strategy
from appliance.strategy.loading.resolve import resolved


def load(path, **config):
    return load_strategy(path.name, dirs=[path.parent], config={"stake_currency": "USDT", **config})


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ("timeframe = '5x'", "timeframe: expected one such as '5m', found '5x'"),
        ("timeframe = 5", "timeframe: expected one such as '5m', found 5"),
        ("timeframe = None", "timeframe: expected one such as '5m', found none"),
        ("stoploss = 0.1", "stoploss: expected a ratio below 0 such as -0.1, found 0.1"),
        ("stoploss = None", "stoploss: expected .* found None"),
        ("minimal_roi = {'soon': 0.1}", "minimal_roi: expected minutes and ratios"),
        ("minimal_roi = 0.1", "minimal_roi: expected minutes and ratios"),
        ("order_types = {'entry': 'limit'}", "order_types: exit, stoploss, stoploss_on_exchange missing"),
        (
            "order_types = dict(entry='limt', exit='limit', stoploss='limit', stoploss_on_exchange=False)",
            "order_types.entry: expected 'limit' or 'market', found 'limt'",
        ),
        (
            "order_time_in_force = dict(entry='XXX', exit='gtc')",
            "order_time_in_force.entry: expected one of GTC, FOK, IOC, PO, found 'XXX'",
        ),
        ("order_time_in_force = {'entry': 'GTC'}", "order_time_in_force: exit missing"),
        (
            "trailing_stop = True; trailing_stop_positive = 0",
            "trailing_stop_positive: expected a ratio above 0",
        ),
        (
            "trailing_stop = True; trailing_stop_positive = 0.02; trailing_stop_positive_offset = 0.01",
            r"trailing_stop_positive_offset: expected more than trailing_stop_positive \(0.02\)",
        ),
        (
            "trailing_stop = True; trailing_only_offset_is_reached = True",
            "trailing_only_offset_is_reached needs trailing_stop_positive_offset",
        ),
        ("can_short = True", "can_short is True, which needs trading_mode 'futures'"),
    ],
)
def test_a_wrong_setting_is_reported_with_file_and_name(write, attributes, told):
    with pytest.raises(StrategyError, match=rf"mine\.py: Mine: .*{told}"):
        load(write(attributes=attributes))


def test_the_configuration_is_over_the_strategy(write):
    path = write(attributes="trailing_stop = True; max_open_trades = 7; startup_candle_count = 9")
    config = {
        "timeframe": "1h",
        "stoploss": -0.2,
        "minimal_roi": {"60": 0.01, "0": 0.05},
        "max_open_trades": 3,
    }
    found = resolved(load(path, **config))
    assert (found.timeframe, found.stoploss, found.max_open_trades) == ("1h", -0.2, 3)
    assert list(found.minimal_roi.items()) == [(0, 0.05), (60, 0.01)]
    assert (found.trailing_stop, found.startup_candle_count) == (True, 9)


def test_what_neither_sets_gets_a_default_also_in_the_configuration(write):
    strategy = load(write())
    found = resolved(strategy)
    assert (found.use_exit_signal, found.exit_profit_only, found.exit_profit_offset) == (True, False, 0.0)
    assert found.max_open_trades == math.inf
    assert found.order_types["entry"] == "limit"
    assert strategy.config["use_exit_signal"] is True
    assert strategy.config["timeframe"] == "5m"


def test_unlimited_trades_may_be_written_as_minus_one(write):
    assert resolved(load(write(attributes="max_open_trades = -1"))).max_open_trades == math.inf
    assert resolved(load(write(), max_open_trades=-1)).max_open_trades == math.inf


def test_a_property_is_not_overridden(write):
    path = write(attributes="startup_candle_count = property(lambda self: 33)")
    assert resolved(load(path, startup_candle_count=5)).startup_candle_count == 33


def test_two_strategies_do_not_share_resolved_settings(write):
    path = write()
    assert resolved(load(path, stoploss=-0.5)).stoploss == -0.5
    assert resolved(load(path)).stoploss == -0.1


def test_shorts_are_for_futures(write):
    assert resolved(load(write(attributes="can_short = True"), trading_mode="futures")).can_short


def test_version_2_names_are_taken_over(load):
    found = resolved(load("OldStyle"))
    assert found.interface_version == 2
    assert (found.use_exit_signal, found.exit_profit_only, found.exit_profit_offset) == (False, True, 0.01)
    assert found.ignore_roi_if_entry_signal
    assert found.order_types["entry"] == "limit"
    assert found.order_types["emergency_exit"] == "market"
    assert found.order_time_in_force == {"entry": "gtc", "exit": "gtc"}
    assert found.unfilledtimeout == {"entry": 7, "exit": 9}


def test_only_a_stop_that_names_after_fill_is_asked_after_fills(load, write):
    assert resolved(load("ClockSignals")).stop_uses_after_fill
    plain = write(attributes="def custom_stoploss(self, pair, trade, **kwargs): return -0.1")
    assert not resolved(load("Mine", plain.parent)).stop_uses_after_fill


def test_failing_protections_are_reported_with_their_place(write):
    path = write(attributes="protections = property(lambda self: [1 / 0])")
    with pytest.raises(StrategyError, match=r"Mine\.protections failed at .*mine\.py:10: ZeroDivisionError"):
        resolved(load(path))


def test_the_old_name_of_the_time_frame_counts_without_the_new_one(write, caplog):
    assert load(write(attributes="timeframe = None; ticker_interval = '15m'")).timeframe == "15m"
    assert "'ticker_interval' is now called 'timeframe'" in caplog.text
    assert load(write(attributes="ticker_interval = '15m'")).timeframe == "5m"
    assert (
        load(write(attributes="timeframe = None; ticker_interval = '15m'"), timeframe="1h").timeframe == "1h"
    )
