"""A user data folder with candles and a strategy, and its settings, for a market without a network."""

import json

import numpy as np

from appliance.config.loading import Sources, load
from appliance.domain import timeframe as timeframes
from appliance.domain.enums import RunMode
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey

BEGIN = 1751328000000
"""2025-07-01 (ms, UTC)."""
FIVE_MINUTES = 300_000

STRATEGY = """
from freqtrade.strategy import IStrategy


class {name}(IStrategy):
    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {{"0": 0.1}}
    startup_candle_count = {startup}
    {attributes}

    def populate_indicators(self, dataframe, metadata):
        {indicators}
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        {entries}
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        {exits}
        return dataframe

    {more}
"""


def walk(count, *, begin=BEGIN, timeframe="5m", seed=1, decimals=2):
    """Candles of a random walk, without gaps."""
    random = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(random.normal(0, 0.003, count))), decimals)
    opened = np.r_[close[0], close[:-1]]
    spread = np.round(random.uniform(0, 0.3, count), decimals)
    high, low = np.maximum(opened, close) + spread, np.minimum(opened, close) - spread
    dates = begin + timeframes.milliseconds(timeframe) * np.arange(count)
    return np.c_[dates, opened, high.round(decimals), low.round(decimals), close, random.uniform(1, 9, count)]


class Workspace:
    """A user data folder of the simulated exchange."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "strategies").mkdir(parents=True)
        self.files = CandleFiles(folder / "data" / "simulated", "feather")
        self.config = {
            "max_open_trades": 3,
            "stake_currency": "USDT",
            "stake_amount": 100,
            "dry_run_wallet": 1000,
            "exchange": {"name": "simulated", "pair_whitelist": ["BTC/USDT", "ETH/USDT"]},
            "pairlists": [{"method": "StaticPairList"}],
        }

    def store(self, pair, candles, timeframe="5m", kind="spot"):
        self.files.save(CandleKey(pair, timeframe, kind), candles)

    def strategy(self, name="Mine", **parts):
        blanks = dict.fromkeys(("attributes", "indicators", "entries", "exits"), "pass")
        text = STRATEGY.format(name=name, **{**blanks, "startup": 0, "more": "", **parts})
        path = self.folder / "strategies" / f"{name.lower()}.py"
        path.write_text(text)
        return path

    def write_config(self):
        file = self.folder / "config.json"
        file.write_text(json.dumps(self.config))
        return file

    def loaded(self, **overrides):
        file = self.write_config()
        given = {"user_data_dir": str(self.folder), "strategy": "Mine", **overrides}
        return load(Sources((str(file),), given), {}, runmode=RunMode.BACKTEST)
