"""What analyses found, in plain words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.research.lookahead.result import LookaheadResult
from appliance.research.replay.comparison import Comparison, Totals
from appliance.server.dashboard.research import verdicts

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def looked(**found: Any) -> LookaheadResult:
    usual = {"has_bias": False, "total_signals": 20, "found_signals": 40, "minimum_signals": 10}
    return LookaheadResult(
        filename="mine.py", strategy="Mine", checked_candles=30, biased_entry_signals=0,
        biased_exit_signals=0, biased_indicators=(), **(usual | found),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "tone", "says"),
    [
        ({"has_bias": True, "found_signals": 1}, "bad", "knows later candles"),
        ({"found_signals": 3}, "warn", "too few signals to tell: 3 of at least 10"),
        ({"failures": 2}, "warn", "failed in 2 checks"),
        ({}, "good", "No later candle was used in 20 signals"),
    ],
)
def test_a_lookahead_analysis(found: dict[str, Any], tone: str, says: str) -> None:
    verdict = verdicts.of_lookahead(looked(**found))
    assert (verdict.tone, says in verdict.sentence) == (tone, True)


def recursive(own: int, recommended: int | None, column: str = "settles") -> verdicts.RecursiveView:
    needed = verdicts.NeededView(column="mean", candles=None, verdict=column, deviation=None)
    return verdicts.RecursiveView(
        strategy="Mine", pair="BTC/USDT", startup_candles=[199], strategy_scc=own, results={},
        needed=[needed], recommended=recommended, most=500,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "tone", "says"),
    [
        (recursive(10, None, "needs more"), "warn", "More than 500 startup candles are needed"),
        (recursive(10, 200), "bad", "states 10, its indicators need 200"),
        (recursive(200, 200, "never settles"), "warn", "depends on all candles before: mean"),
        (recursive(300, 200), "good", "300 startup candles are enough; 200 would be"),
    ],
)
def test_a_recursive_analysis(found: verdicts.RecursiveView, tone: str, says: str) -> None:
    verdict = verdicts.of_recursive(found)
    assert (verdict.tone, says in verdict.sentence) == (tone, True)


def compared(**counts: int) -> Comparison:
    usual = dict.fromkeys(("live", "tested", "matched", "same", "only_live", "only_tested", "unexplained"), 0)
    totals = Totals(live_profit=0.0, tested_profit=0.0, **(usual | counts))
    return Comparison(
        strategy="Mine", timeframe="5m", stake_currency="USDT", first=NOW, last=NOW, totals=totals,
        causes=[], trades=[],
    )  # fmt: skip


BOTH = {"live": 5, "tested": 4, "matched": 4, "only_live": 1}


@pytest.mark.parametrize(
    ("found", "tone", "says"),
    [
        ({}, "warn", "nothing to compare"),
        ({"live": 4, "tested": 4, "matched": 4, "same": 4}, "good", "All 4 trades are the same"),
        ({**BOTH, "same": 3}, "warn", "3 trades are the same in the bot and in its backtest, 1 differ"),
        ({**BOTH, "same": 3, "unexplained": 1}, "bad", "Of 1 no cause is known"),
    ],
)
def test_a_reality_check(found: dict[str, int], tone: str, says: str) -> None:
    verdict = verdicts.of_replay(compared(**found))
    assert (verdict.tone, says in verdict.sentence) == (tone, True)
