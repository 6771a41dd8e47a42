"""A user data folder with two pairs, their hours, and the strategies of `tests/data/research/lookahead`."""

import shutil
from pathlib import Path

import numpy as np

from appliance.domain import timeframe as timeframes
from tests.support.research.backtests import Workspace, walk

STRATEGIES = Path(__file__).parents[2] / "data" / "research" / "lookahead"
PAIRS = ("BTC/USDT", "ETH/USDT")
CANDLES = 180


def longer(candles, timeframe):
    """Make candles of a longer time frame."""
    steps = candles[:, 0] // timeframes.milliseconds(timeframe)
    groups = np.split(candles, np.flatnonzero(np.diff(steps)) + 1)
    return np.array(
        [
            [one[0, 0], one[0, 1], one[:, 2].max(), one[:, 3].min(), one[-1, 4], one[:, 5].sum()]
            for one in groups
        ]
    )


def filled(folder, candles=CANDLES):
    space = Workspace(folder / "user_data")
    for seed, pair in enumerate(PAIRS, start=3):
        made = walk(candles, seed=seed)
        space.store(pair, made)
        for timeframe in ("15m", "1h"):
            space.store(pair, longer(made, timeframe), timeframe)
    for file in STRATEGIES.glob("*.py"):
        shutil.copy(file, space.folder / "strategies")
    return space
