"""From a configuration to what is walked: strategies, pairs, fee, candles and signals."""

import numpy as np
import pytest

from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError, DataError, StrategyError
from appliance.research.backtest.plan import planned
from appliance.research.backtest.run import backtest
from appliance.research.backtest.setup import preparations
from appliance.research.data.layout import CandleKey
from tests.support.research.backtests import BEGIN, FIVE_MINUTES, walk

EVERY_TENTH = "dataframe.loc[dataframe.index % 10 == 0, ['enter_long', 'enter_tag']] = (1, 'tenth')"


def only(loaded):
    (preparation,) = preparations(planned(loaded))
    return preparation


def test_everything_for_the_walk_is_there(workspace):
    workspace.strategy(startup=30, entries=EVERY_TENTH)
    found = only(workspace.loaded(timerange="20250702-20250703"))
    day = 288 * FIVE_MINUTES
    assert list(found.series) == ["BTC/USDT", "ETH/USDT"]
    assert (found.first_ms, found.last_ms) == (BEGIN + day, BEGIN + 2 * day)
    series = found.series["BTC/USDT"]
    assert len(series) == 288
    assert series.enter_long.sum() == 29  # the rows of the frame are counted from the first startup candle
    assert found.ticks["BTC/USDT"].at(BEGIN) == 0.01
    assert found.fee == 0.001
    assert found.resolved.name == "Mine"
    assert found.timeframe == "5m"
    assert found.startup == 30
    assert found.resolved.startup_candle_count == 30
    assert found.data.runmode is RunMode.BACKTEST
    assert found.markets["BTC/USDT"].base == "BTC"
    assert found.loaded.settings.max_open_trades == 3
    assert found.pairs_now is None


def test_the_fee_and_the_pairs_of_the_command_line_count(workspace):
    workspace.strategy()
    found = only(workspace.loaded(fee=0.005, **{"exchange.pair_whitelist": ["ETH/USDT"]}))
    assert found.fee == 0.005
    assert list(found.series) == ["ETH/USDT"]


def test_pairs_without_candles_are_left_out(workspace, caplog):
    workspace.strategy()
    workspace.config["exchange"]["pair_whitelist"].append("SOL/USDT")
    found = only(workspace.loaded())
    assert list(found.series) == ["BTC/USDT", "ETH/USDT"]
    assert "No candles in this range, the pairs are left out: SOL/USDT" in caplog.text


def test_without_any_candles_it_does_not_start(workspace):
    workspace.strategy()
    with pytest.raises(DataError, match="has no candles of BTC/USDT, ETH/USDT \\(5m, feather\\)"):
        only(workspace.loaded(timerange="20200101-20200201"))


def test_too_few_candles_for_the_startup_are_told(workspace):
    workspace.strategy(startup=600)
    with pytest.raises(StrategyError, match="no candle is left after its startup_candle_count of 600"):
        only(workspace.loaded())


def test_a_pair_that_was_listed_later_loses_its_own_first_candles(workspace):
    workspace.strategy(startup=20)
    workspace.store("ETH/USDT", walk(300, begin=BEGIN + 300 * FIVE_MINUTES))
    found = only(workspace.loaded())
    assert found.series["BTC/USDT"].rows.opened[0] == BEGIN + 21 * FIVE_MINUTES
    assert found.series["ETH/USDT"].rows.opened[0] == BEGIN + 321 * FIVE_MINUTES


def test_several_strategies_share_time_frame_and_startup(workspace):
    workspace.strategy("First", startup=10)
    workspace.strategy("Second", startup=40, attributes="timeframe = '1h'")
    workspace.config["timeframe"] = "5m"
    found = list(preparations(planned(workspace.loaded(strategy_list=["First", "Second"], strategy=None))))
    assert [one.resolved.name for one in found] == ["First", "Second"]
    assert {one.startup for one in found} == {40}
    assert {one.resolved.timeframe for one in found} == {"5m"}
    assert {one.first_ms for one in found} == {BEGIN + 40 * FIVE_MINUTES}


def test_several_strategies_need_one_time_frame(workspace):
    with pytest.raises(ConfigurationError, match="timeframe: several strategies need the same one"):
        planned(workspace.loaded(strategy_list=["First", "Second"]))


def test_a_strategy_reads_slower_candles_of_any_pair(workspace):
    workspace.store("BTC/USDT", walk(60, timeframe="1h", begin=BEGIN - 10 * 3_600_000), "1h")
    reads = "d = self.dp.get_pair_dataframe('BTC/USDT', '1h'); self.seen = (len(d), str(d.date.iloc[0]))"
    workspace.strategy(startup=5, indicators=reads)
    found = only(workspace.loaded(timerange="20250701T0100-"))
    assert found.strategy.seen == (60 - 6, "2025-06-30 20:00:00+00:00")


def test_a_strategy_that_raises_ends_it_with_its_line(workspace):
    path = workspace.strategy(indicators="dataframe['x'] = 1 / 0")
    with pytest.raises(StrategyError, match=f"{path}:13: ZeroDivisionError"):
        only(workspace.loaded())


def test_rows_may_go_while_signals_are_set_but_not_before(workspace):
    workspace.strategy(entries="dataframe = dataframe[dataframe.index % 2 == 0]")
    assert len(only(workspace.loaded()).series["BTC/USDT"]) == 299
    workspace.strategy("Other", indicators="dataframe = dataframe[dataframe.index % 2 == 0]")
    with pytest.raises(StrategyError, match="returned 300 rows instead of 600"):
        only(workspace.loaded(strategy="Other"))


def test_detail_candles_come_with_the_pairs_that_have_them(workspace):
    workspace.strategy()
    workspace.store("BTC/USDT", walk(3000, timeframe="1m"), "1m")
    found = only(workspace.loaded(timeframe_detail="1m"))
    assert len(found.series["BTC/USDT"].detail) == 3000
    assert found.series["ETH/USDT"].detail is None
    with pytest.raises(ConfigurationError, match="expected less than the time frame 5m, found 5m"):
        only(workspace.loaded(timeframe_detail="5m"))
    with pytest.raises(DataError, match="has no 3m candles"):
        only(workspace.loaded(timeframe_detail="3m"))


def futures(workspace):
    workspace.config |= {"trading_mode": "futures", "margin_mode": "isolated"}
    pair = "BTC/USDT:USDT"
    workspace.config["exchange"]["pair_whitelist"] = [pair]
    workspace.store(pair, walk(600), kind="futures")
    return pair


def test_futures_have_tiers_and_funding(workspace):
    pair = futures(workspace)
    workspace.strategy(attributes="can_short = True", entries="dataframe['enter_short'] = 1")
    with pytest.raises(DataError, match="no funding rates and mark candles"):
        only(workspace.loaded())
    workspace.store(pair, walk(48, timeframe="1h"), "1h", "mark")
    workspace.store(
        pair, np.array([[BEGIN + hour * 3_600_000, 0.0001] for hour in (0, 8)]), "1h", "funding_rate"
    )
    found = only(workspace.loaded())
    assert len(found.funding[pair]) == 2
    assert found.tiers[pair][0].largest_leverage == 100
    assert found.formula == "with_maintenance_amount"
    assert found.series[pair].enter_short.all()


def test_attributes_that_bot_start_sets_count(workspace):
    workspace.strategy(more="def bot_start(self, **kwargs):\n        self.stoploss = -0.5")
    found = only(workspace.loaded())
    assert found.resolved.stoploss == -0.5
    assert found.strategy.order_types["stoploss_on_exchange"] is False


def test_frames_that_callbacks_read_are_loaded(workspace):
    workspace.strategy(startup=5, indicators="dataframe['twice'] = dataframe['close'] * 2")
    found = only(workspace.loaded())
    assert found.strategy.dp.get_analyzed_dataframe("BTC/USDT", "5m")[0].empty
    found.data.rows_known = lambda pair: 105
    frame, _ = found.strategy.dp.get_analyzed_dataframe("BTC/USDT", "5m")
    assert len(frame) == 105
    assert "twice" in frame


def test_the_market_is_the_candles_as_they_are_stored(workspace):
    workspace.strategy(startup=30, indicators="dataframe['open'] = dataframe['open'] * 2")
    workspace.strategy("Other", startup=30)
    workspace.store("ETH/USDT", walk(500, begin=BEGIN + 100 * FIVE_MINUTES))
    for name in ("Mine", "Other"):
        found = only(workspace.loaded(strategy=name))
        assert found.first_ms == BEGIN + 30 * FIVE_MINUTES
        for pair, first in (("BTC/USDT", 30), ("ETH/USDT", 0)):
            rows, stored = found.rows(pair), workspace.files.load(CandleKey(pair, "5m"))[first:]
            assert rows.opened.tolist() == stored[:, 0].tolist()
            assert rows.open.tolist() == stored[:, 1].tolist()
            assert rows.close.tolist() == stored[:, 4].tolist()


def test_an_analysis_sees_a_full_wallet_and_no_trades(workspace):
    path = workspace.strategy(
        indicators="self.seen = (self.wallets.get_total('USDT'), Trade.get_open_trades())",
        more="def bot_start(self, **kwargs):\n        self.locked = self.is_pair_locked('BTC/USDT')",
    )
    path.write_text("from freqtrade.persistence import Trade\n" + path.read_text())
    strategy = only(workspace.loaded()).strategy
    assert strategy.seen == (1000.0, [])
    assert strategy.locked is False


LOCK = "self.lock_pair(metadata['pair'], datetime.now(UTC) + timedelta(hours=1), '{}')"
NAMES = "from datetime import UTC, datetime, timedelta\n"


def test_locks_made_with_signals_hold_in_the_walk(workspace):
    path = workspace.strategy(
        indicators=LOCK.format("dropped"),
        entries="dataframe['enter_long'] = 1\n        if metadata['pair'] == 'ETH/USDT': "
        + LOCK.format("held"),
    )
    path.write_text(NAMES + path.read_text())
    found = only(workspace.loaded(timerange="20250701T1200-"))
    assert [(lock.pair, lock.reason) for lock in found.locks] == [("ETH/USDT", "held")]
    outcome = backtest(found)
    assert {trade.pair for trade in outcome.trades} == {"BTC/USDT"}
    assert outcome.locks == found.locks


def test_strategies_that_lock_see_the_locks_of_the_pairs_before(workspace):
    path = workspace.strategy(
        entries="if not self.is_pair_locked('BTC/USDT'): "
        + LOCK.format("first").replace("metadata['pair']", "'BTC/USDT'")
        + "\n        else: "
        + LOCK.format("second"),
    )
    path.write_text(NAMES + path.read_text())
    found = only(workspace.loaded())
    assert [(lock.pair, lock.reason) for lock in found.locks] == [
        ("BTC/USDT", "first"),
        ("ETH/USDT", "second"),
    ]
