"""Import names of freqtrade end in this program, and its classes answer through the ports."""

import importlib
import sys
from datetime import timedelta

import pytest

from appliance.domain.errors import StrategyError
from appliance.strategy import compat
from appliance.strategy.analysis import analyze
from tests.strategy.answers import NOW, frame, trade

compat.install()

from freqtrade.configuration import Configuration  # noqa: E402
from freqtrade.data.history import load_pair_history  # noqa: E402
from freqtrade.exchange import amount_to_contracts, contracts_to_amount, market_is_active  # noqa: E402
from freqtrade.persistence import CustomDataWrapper, LocalTrade, Order, PairLocks, Trade  # noqa: E402
from freqtrade.strategy import IStrategy, stoploss_from_absolute, stoploss_from_open  # noqa: E402


def test_names_that_are_not_offered_say_so():
    with pytest.raises(ModuleNotFoundError, match=r"'freqtrade\.freqtradebot' is not available"):
        importlib.import_module("freqtrade.freqtradebot")


@pytest.mark.parametrize("name", compat.known_names())
def test_every_offered_name_is_imported_from_this_program(name):
    module = importlib.import_module(name)
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    assert not [found for found in classes if found.__module__.startswith("freqtrade")]


def test_installing_again_changes_nothing():
    before = list(sys.meta_path)
    compat.install()
    assert sys.meta_path == before


@pytest.mark.parametrize(
    "statement",
    [
        "from freqtrade.strategy.interface import IStrategy",
        "from freqtrade.strategy import CategoricalParameter, DecimalParameter, IntParameter, informative",
        "from freqtrade.strategy.hyper import CategoricalParameter, IntParameter",
        "from freqtrade.strategy.parameters import BooleanParameter",
        "from freqtrade.strategy.strategy_helper import merge_informative_pair",
        "from freqtrade.persistence.trade_model import Order, Trade",
        "from freqtrade.data.dataprovider import DataProvider",
        "from freqtrade.enums import CandleType, ExitType, MarketDirection, RunMode, SignalType, TradingMode",
        "from freqtrade.exchange import timeframe_to_minutes, timeframe_to_prev_date",
        "from freqtrade.exchange.exchange_utils import date_minus_candles",
        "from freqtrade.enums.runmode import RunMode; from freqtrade.enums.tradingmode import TradingMode",
        "from freqtrade.exchange import amount_to_contracts, contracts_to_amount, market_is_active",
        "from freqtrade.resolvers import StrategyResolver",
        "from freqtrade.configuration import Configuration, TimeRange",
        "from freqtrade.data.history import load_pair_history",
        "from freqtrade.exceptions import DependencyException, OperationalException",
        "from freqtrade.misc import safe_value_fallback",
        "from freqtrade.optimize.space import Categorical, Dimension, Integer, Real, SKDecimal",
        "from freqtrade.constants import Config, ListPairsWithTimeframes",
        "from freqtrade.util import dt_now, dt_utc, fmt_coin",
        "from freqtrade.wallets import Wallets",
        "from freqtrade.ft_types import AnnotationType, PointAnnotationType",
        "from freqtrade.loggers import LOGFORMAT",
        "import freqtrade.vendor.qtpylib.indicators as qtpylib; qtpylib.crossed_above",
        "from technical import qtpylib; qtpylib.bollinger_bands",
        "import talib.abstract as ta; ta.RSI",
    ],
)
def test_what_published_strategies_import_resolves(statement):
    exec(statement, {})


def test_a_strategy_can_load_another_one_and_ask_it_for_its_signals(write, load, data):
    """As strategies do that let several others vote."""
    write("Other", entries="dataframe.loc[dataframe['close'] > 0, ['buy', 'buy_tag']] = (1, 'why')")
    path = write(
        "Voter",
        before="from freqtrade.resolvers import StrategyResolver",
        indicators="""
        other = StrategyResolver.load_strategy({**self.config, "strategy": "Other"})
        other.dp = self.dp
        asked = other.advise_indicators(dataframe.copy(), metadata)
        asked = other.advise_exit(other.advise_entry(asked, metadata), metadata)
        dataframe["vote"] = asked["enter_long"]
        dataframe["why"] = asked["enter_tag"]""",
    )
    voter = load("Voter", path.parent, strategy_path=str(path.parent))
    analysed = analyze(voter, frame("BTC/USDT"), "BTC/USDT")
    assert set(analysed["vote"]) == {1}
    assert set(analysed["why"]) == {"why"}
    assert voter.config["strategy_path"] == str(path.parent)


@pytest.mark.parametrize(
    ("active", "counts"), [({}, True), ({"active": None}, True), ({"active": False}, False)]
)
def test_a_market_is_active_unless_the_exchange_says_no(active, counts):
    assert market_is_active(active) is counts


def test_contracts_and_amounts_are_distinguished():
    assert amount_to_contracts(10, 0.1) == 100.0
    assert contracts_to_amount(3, 10) == 30.0
    assert amount_to_contracts(10, None) == contracts_to_amount(10, None) == 10


def test_configuration_files_can_be_read(tmp_path):
    (tmp_path / "a.json").write_text('{"dry_run": true, "bot_name": "a"}')
    (tmp_path / "b.json").write_text('{"bot_name": "b"}')
    assert Configuration.from_files([])["exchange"]["name"] == ""
    read = Configuration.from_files([str(tmp_path / name) for name in ("a.json", "b.json")])
    assert read == {"dry_run": True, "bot_name": "b"}


def test_candle_files_are_not_read(caplog):
    assert load_pair_history("BTC/USDT", "5m", datadir="x").empty
    assert "use self.dp" in caplog.text


def test_the_base_class_is_ours():
    from appliance.strategy import interface

    assert IStrategy is interface.IStrategy


# -- trades ------------------------------------------------------------------------------------------------


def test_without_a_bot_trades_cannot_be_requested():
    with pytest.raises(StrategyError, match="while the bot or a backtest is running"):
        Trade.get_open_trades()


def test_the_bot_s_trades_are_trades():
    opened = trade()
    assert isinstance(opened, Trade)
    assert isinstance(opened, LocalTrade)
    assert isinstance(opened.orders[0], Order)
    assert not isinstance(opened.orders[0], Trade)
    assert (Trade | None) is not None


@pytest.fixture
def three(ports):
    ports.trades.trades = [
        trade("BTC/USDT", trade_id=1, minutes_ago=90),
        trade(
            "ETH/USDT",
            trade_id=2,
            minutes_ago=60,
            is_open=False,
            close_date=NOW,
            close_profit=0.02,
            close_profit_abs=2.0,
        ),
        trade(
            "ETH/USDT",
            trade_id=3,
            minutes_ago=30,
            is_open=False,
            close_date=NOW,
            close_profit=-0.03,
            close_profit_abs=-3.0,
        ),
    ]
    return ports


def ids(trades):
    return [t.id for t in trades]


def test_class_level_questions_go_to_the_bot(three):
    assert ids(Trade.get_open_trades()) == [1]
    assert ids(Trade.get_trades_proxy(pair="ETH/USDT", is_open=False)) == [2, 3]
    assert ids(Trade.get_trades_proxy(open_date=NOW - timedelta(minutes=61))) == [2, 3]
    assert (Trade.get_open_trade_count(), Trade.total_open_trades_stakes()) == (1, 100.0)
    assert Trade.get_total_closed_profit() == -1.0
    assert Trade.commit() is None


def test_query_expressions_of_older_strategies_are_understood(three):
    assert ids(Trade.get_trades([Trade.is_open.is_(True)]).all()) == [1]
    assert ids(Trade.get_trades(Trade.pair == "ETH/USDT").order_by(Trade.open_date.desc())) == [3, 2]
    later = (NOW - timedelta(minutes=45)).replace(tzinfo=None)
    assert ids(Trade.get_trades([Trade.open_date > later])) == [3]
    assert ids(Trade.get_trades([Trade.close_profit < 0.0])) == [3]
    assert ids(Trade.get_trades([(Trade.id == 1) | ~Trade.id.in_([1, 2])])) == [1, 3]
    assert ids(Trade.get_trades([Trade.close_date == None])) == [1]  # noqa: E711 - as strategies write it
    assert ids(Trade.query.filter(Trade.is_open.is_(False)).limit(1).all()) == [2]
    assert (Trade.get_trades().count(), Trade.get_trades([Trade.id == 9]).first()) == (3, None)
    with pytest.raises(AttributeError, match="no_such"):
        Trade.no_such  # noqa: B018


def test_performance_is_summed_per_pair(three):
    (only,) = Trade.get_overall_performance()
    assert (only["pair"], only["count"], only["profit_abs"]) == ("ETH/USDT", 2, -1.0)
    assert only["profit_ratio"] == pytest.approx(-0.005)
    assert Trade.get_best_pair() == ("ETH/USDT", pytest.approx(-0.005), -1.0, 2)
    assert Trade.get_best_pair([Trade.pair == "BTC/USDT"]) is None


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (Trade.get_enter_tag_performance, "enter_tag"),
        (Trade.get_exit_reason_performance, "exit_reason"),
        (Trade.get_mix_tag_performance, "mix_tag"),
    ],
)
def test_performance_is_summed_per_tag(three, ask, name):
    rows = ask(None)
    assert ask("ETH/USDT") == rows
    assert ask("BTC/USDT") == []
    assert sum(row["count"] for row in rows) == 2
    assert sum(row["profit_abs"] for row in rows) == -1.0
    assert set(rows[0]) == {name, "profit_ratio", "profit_pct", "profit_abs", "count"}


def test_the_volume_is_what_filled_orders_came_to(three):
    for each in Trade.get_trades_proxy():
        each.orders[0].cost = 100.0 * each.id
    Trade.get_trades_proxy()[0].orders[0].status = "canceled"
    assert Trade.get_trading_volume() == 500.0
    assert Trade.get_trading_volume([Trade.id == 2]) == 200.0


def test_a_strategy_can_ask_what_profit_its_table_wants(load):
    strategy = load("ClockSignals")
    strategy.minimal_roi = {0: 0.05, 30: 0.01}
    opened = trade("BTC/USDT", trade_id=1, minutes_ago=31)
    assert strategy.min_roi_reached_entry(opened, 7, NOW) == (0, 0.05)
    assert strategy.min_roi_reached_entry(opened, 31, NOW) == (30, 0.01)
    assert [strategy.min_roi_reached(opened, profit, NOW) for profit in (0.01, 0.011)] == [False, True]
    strategy.minimal_roi = {40: 0.01}
    assert strategy.min_roi_reached_entry(opened, 31, NOW) == (None, None)
    assert not strategy.min_roi_reached(opened, 9.0, NOW)


def test_orders_and_custom_data_are_found(three):
    assert Order.order_by_id("entry-2").ft_pair == "ETH/USDT"
    assert Order.order_by_id("nothing") is None
    assert Order.get_open_orders() == []
    CustomDataWrapper.set_custom_data(1, "level", 3)
    assert [entry.value for entry in CustomDataWrapper.get_custom_data(trade_id=1, key="LEVEL")] == [3]
    assert CustomDataWrapper.get_custom_data(trade_id=9, key="level") == []


# -- locks -------------------------------------------------------------------------------------------------


def test_a_strategy_locks_and_unlocks_pairs(load, ports):
    strategy = load("ClockSignals")
    strategy.lock_pair("BTC/USDT", NOW + timedelta(minutes=10), reason="hot")
    assert strategy.is_pair_locked("BTC/USDT")
    assert not strategy.is_pair_locked("ETH/USDT")
    # The candle of 12:03 closes at 12:05, the one of 12:06 when the lock is over.
    assert strategy.is_pair_locked("BTC/USDT", candle_date=NOW + timedelta(minutes=3))
    assert not strategy.is_pair_locked("BTC/USDT", candle_date=NOW + timedelta(minutes=6))
    assert PairLocks.get_pair_longest_lock("BTC/USDT").reason == "hot"
    strategy.unlock_reason("hot")
    assert PairLocks.get_all_locks() == []
    strategy.lock_pair("*", NOW + timedelta(minutes=10))
    assert PairLocks.is_global_lock()
    strategy.unlock_pair("*")
    assert not strategy.is_pair_locked("BTC/USDT")


# -- stops -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize("leverage", [1.0, 3.0])
@pytest.mark.parametrize("wanted", [-0.05, 0.0, 0.02])
def test_a_stop_from_open_lies_where_it_is_wanted(is_short, leverage, wanted):
    sign = -1 if is_short else 1
    rate = 100 * (1 + sign * 0.04)
    ratio = stoploss_from_open(wanted, 0.04 * leverage, is_short=is_short, leverage=leverage)
    stop = rate * (1 - sign * ratio / leverage)
    assert stop == pytest.approx(100 * (1 + sign * wanted / leverage))


def test_a_stop_beyond_the_rate_is_none():
    assert stoploss_from_open(0.05, 0.02) == 0
    assert stoploss_from_absolute(101.0, 100.0) == 0
    assert stoploss_from_absolute(99.0, 100.0, is_short=True) == 0
    assert stoploss_from_absolute(95.0, 100.0, leverage=2) == pytest.approx(0.1)
    assert (stoploss_from_absolute(1.0, 0.0), stoploss_from_open(0.1, -1.0)) == (1, 1)
