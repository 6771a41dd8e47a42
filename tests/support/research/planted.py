"""Candles with and without an edge, a strategy that looks for it, and its settings for a search."""

from typing import Any

import numpy as np

from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.enums import RunMode
from tests.support.research.backtests import BEGIN, Workspace

HOUR_MS = 3_600_000
EDGE_HOUR = 8
"""The hour (UTC) in which planted prices rise every day."""

STRATEGY = """
from freqtrade.strategy import CategoricalParameter, IntParameter, IStrategy


class Hours(IStrategy):
    timeframe = "1h"
    stoploss = -0.5
    minimal_roi = {"0": 10}
    buy_hour = IntParameter(0, 23, default=0, space="buy")
    sell_after = IntParameter(1, 6, default=1, space="sell")
    idle = CategoricalParameter([1, 2], default=1, space="buy")

    def populate_indicators(self, dataframe, metadata):
        dataframe["hour"] = dataframe["date"].dt.hour
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        # A signal acts on the candle after the one that gave it.
        dataframe.loc[(dataframe["hour"] + 1) % 24 == self.buy_hour.value, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        leave = (self.buy_hour.value + self.sell_after.value) % 24
        dataframe.loc[(dataframe["hour"] + 1) % 24 == leave, "exit_long"] = 1
        return dataframe
"""


def hours(days: int, *, edge: float, seed: int) -> np.ndarray:
    """Return candles of 1h: noise of 0.3 %, and a rise of `edge` (ratio) in one hour of each day."""
    drawn = np.random.default_rng(seed)
    moves = drawn.normal(0, 0.003, days * 24)
    moves[EDGE_HOUR::24] += edge
    close = np.round(100 * np.exp(np.cumsum(moves)), 3)
    opened = np.r_[100.0, close[:-1]]
    spread = np.round(drawn.uniform(0, 0.1, len(close)), 3)
    high, low = np.maximum(opened, close) + spread, np.minimum(opened, close) - spread
    dates = BEGIN + HOUR_MS * np.arange(len(close))
    return np.c_[dates, opened, high, low, close, np.full(len(close), 50.0)]


def planted(workspace: Workspace, *, edge: float, days: int = 130, seed: int = 1) -> Workspace:
    """Give a workspace candles and the strategy, without fees."""
    workspace.config["exchange"]["pair_whitelist"] = ["ETH/USDT"]
    workspace.store("ETH/USDT", hours(days, edge=edge, seed=seed), "1h")
    (workspace.folder / "strategies" / "hours.py").write_text(STRATEGY)
    workspace.config["fee"] = 0.0
    return workspace


def for_a_search(workspace: Workspace, **overrides: Any) -> LoadedSettings:
    """Return the settings of a small search."""
    file = workspace.write_config()
    given = {
        "user_data_dir": str(workspace.folder),
        "strategy": "Hours",
        "epochs": 20,
        "spaces": ["buy", "sell"],
        "hyperopt_loss": "SharpeHyperOptLossDaily",
        "hyperopt_random_state": 3,
        "hyperopt_jobs": 1,
        **overrides,
    }
    return load(Sources((str(file),), given), {}, runmode=RunMode.HYPEROPT)
