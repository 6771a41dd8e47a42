"""Results that freqtrade 2026.9 wrote, and what a backtest of ours would have handed over for them."""

from pathlib import Path

import pandas as pd
import pytest

from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.results.summary import summarize
from tests.support.freqtrade_results import Case, market_of, read_freqtrade, runs_of

DATA = Path(__file__).parents[2] / "data" / "research" / "results"
CANDLES = DATA / "candles"


def case_of(name: str) -> Case:
    written = read_freqtrade(DATA / name)
    market = market_of(written, CANDLES)

    def analysed(pair: str) -> pd.DataFrame:
        kind = "futures" if ":" in pair else "spot"
        candles = CandleFiles(CANDLES, "feather").load(CandleKey(pair, "5m", kind))
        frame = pd.DataFrame(candles, columns=["date", "open", "high", "low", "close", "volume"])
        first = next(iter(written.stored["strategy"].values()))["backtest_start_ts"]
        frame = frame[frame["date"] >= first].reset_index(drop=True)
        frame["date"] = pd.to_datetime(frame["date"], unit="ms", utc=True)
        return frame

    return Case(written, market, runs_of(written, market, analysed))


@pytest.fixture
def spot() -> Case:
    """Two strategies: `Tagged` adds to trades and has locks, `Idle` has no trade."""
    return case_of("spot")


@pytest.fixture
def futures() -> Case:
    """One strategy, long and short, with leverage and a trailing stop."""
    return case_of("futures")


@pytest.fixture(params=["spot", "futures"])
def case(request: pytest.FixtureRequest) -> Case:
    return case_of(request.param)


@pytest.fixture
def result(spot):
    return summarize(spot.runs, spot.market, notes="two strategies")
