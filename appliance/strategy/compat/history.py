"""Replace the functions of `freqtrade.data.history` with which strategies read candle files."""

import logging
from typing import Any

import pandas as pd

from appliance.strategy.dataframes import empty_frame

logger = logging.getLogger(__name__)


def load_pair_history(pair: str, timeframe: str, datadir: Any = None, **settings: Any) -> pd.DataFrame:
    """Return an empty dataframe and log a warning: a running bot reads no candle files."""
    logger.warning("load_pair_history: no candle files are read for %s %s; use self.dp", pair, timeframe)
    return empty_frame()


__all__ = ["load_pair_history"]
