"""freqtrade's own client, from PyPI, drives the bot that trades on (what it takes for) Binance."""

import asyncio
import time
from pathlib import Path

from freqtrade_client import FtRestClient

from tests.support.running import PASSWORD, USER, exchange, free_port, running, simulated_config

STRATEGY = """
import talib.abstract as ta
from freqtrade.strategy import IStrategy
from freqtrade.vendor.qtpylib import indicators as qtpylib
from pandas import DataFrame


class CrossingBands(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1m"
    minimal_roi = {"0": 10}
    stoploss = -0.5
    startup_candle_count = 30

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        bands = qtpylib.bollinger_bands(qtpylib.typical_price(dataframe), window=20, stds=2)
        dataframe["lower"], dataframe["upper"] = bands["lower"], bands["upper"]
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        crossed = qtpylib.crossed_above(dataframe["close"], dataframe["upper"])
        dataframe.loc[crossed & (dataframe["rsi"] > 99.9), "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["exit_long"] = 0
        return dataframe
"""


def binance_config(folder: Path, url: str, port: int) -> dict:
    """A configuration written for freqtrade on Binance; only the exchange's address is another one."""
    (folder / "strategies").mkdir()
    (folder / "strategies" / "crossing_bands.py").write_text(STRATEGY)
    config = simulated_config(port, db_url=f"sqlite:///{folder}/trades.sqlite")
    config["exchange"] = {
        "name": "binance",
        "key": "",
        "secret": "",
        "ccxt_config": {"enableRateLimit": False},
        "ccxt_async_config": {"urls": {"api": {"public": f"{url}/api/v3", "sapi": f"{url}/sapi/v1"}}},
        "pair_whitelist": ["BTC/USDT", "ETH/USDT", "XRP/USDT"],
        "pair_blacklist": ["BNB/.*"],
    }
    return config


def until_filled(client: FtRestClient) -> list[dict]:
    """Wait until the entry has filled: the market may move between its pricing and its placing."""
    for _ in range(300):
        trades = client.status()
        if trades and not trades[0]["has_open_orders"]:
            break
        time.sleep(0.1)
    return trades


def drive(client: FtRestClient) -> dict:
    """Do what a trader does: look, enter, look again, exit, read the profit."""
    seen = {
        "ping": client.ping(),
        "version": client.version(),
        "config": client.show_config(),
        "whitelist": client.whitelist(),
        "balance": client.balance(),
        "logs": client.logs(limit=5),
        "entered": client.forceenter("ETH/USDT", "long"),
        "count": client.count(),
    }
    trade_id = seen["entered"]["trade_id"]
    seen["open"] = until_filled(client)
    seen["candles"] = client.pair_candles("ETH/USDT", "1m", 5)
    seen["exited"] = client.forceexit(str(trade_id), "market")
    seen["trade"] = client.trade(trade_id)
    seen["trades"] = client.trades()
    seen["profit"] = client.profit()
    seen["refused"] = client.forceenter("NOPE/USDT", "long")
    return seen


async def test_freqtrades_own_client_enters_exits_and_reads_the_profit(tmp_path):
    async with exchange(tmp_path) as url:
        port = free_port()
        config = binance_config(tmp_path, url, port)
        config["entry_pricing"] = config["exit_pricing"] = {"price_side": "other", "use_order_book": True}
        flags = ("--strategy", "CrossingBands", "--strategy-path", str(tmp_path / "strategies"))
        async with running(tmp_path, config, *flags) as program:
            client = FtRestClient(program.url, USER, PASSWORD)
            seen = await asyncio.to_thread(drive, client)
    assert seen["ping"] == {"status": "pong"}
    assert seen["config"]["strategy"] == "CrossingBands"
    assert seen["config"]["exchange"] == "binance"
    assert seen["whitelist"]["whitelist"] == ["BTC/USDT", "ETH/USDT", "XRP/USDT"]
    assert seen["count"]["current"] == 1
    (trade,) = seen["open"]
    assert trade["amount"] > 0
    assert not trade["has_open_orders"]
    assert seen["candles"]["length"] == 5
    assert "rsi" in seen["candles"]["columns"]
    assert seen["trade"]["is_open"] is False
    assert seen["trades"]["total_trades"] == 1
    assert seen["profit"]["closed_trade_count"] == 1
    assert seen["profit"]["profit_closed_coin"] == seen["trade"]["profit_abs"] < 0
    assert "NOPE/USDT" in seen["refused"]["error"]
