"""The templates of new strategies analyse candles, and the two that are examples give signals."""

import numpy as np
import pandas as pd
import pytest

from appliance.strategy.loading.loader import load_strategy
from appliance.strategy.new_strategy import TEMPLATES, strategy_text


def candles(count: int = 600) -> pd.DataFrame:
    """Make candles of a price that swings."""
    rng = np.random.default_rng(3)
    close = 100 * np.exp(np.cumsum(rng.normal(0.0004, 0.006, count)))
    first = np.roll(close, 1)
    first[0] = 100
    return pd.DataFrame(
        {
            "date": pd.date_range("2026-01-01", periods=count, freq="5min", tz="UTC"),
            "open": first,
            "high": np.maximum(first, close) * 1.001,
            "low": np.minimum(first, close) * 0.999,
            "close": close,
            "volume": rng.uniform(1, 10, count),
        }
    )


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_runs(tmp_path, template):
    (tmp_path / "Mine.py").write_text(strategy_text("Mine", template))
    strategy = load_strategy("Mine", dirs=[tmp_path], config={})
    frame = strategy.advise_indicators(candles(), {"pair": "BTC/USDT"})
    frame = strategy.advise_exit(strategy.advise_entry(frame, {"pair": "BTC/USDT"}), {"pair": "BTC/USDT"})
    signals = (frame["enter_long"].sum(), frame["exit_long"].sum())
    assert all(count > 0 for count in signals) is (template != "minimal")
