"""The twelve losses against what freqtrade 2026.9 says of the same trades (`tests/data/hyperopt`)."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from appliance.domain.timeframe import to_date
from appliance.research.hyperopt.losses.judged import Judged
from appliance.research.hyperopt.losses.registry import ALIASES, LOSSES
from appliance.research.results.statistics.columns import TradeColumns
from appliance.research.results.statistics.groups import GroupLines
from appliance.research.results.statistics.quality import CandleRange, quality

GOLDENS = json.loads((Path(__file__).parents[3] / "data" / "hyperopt" / "losses.json").read_text())
CASES = {case["name"]: case for case in GOLDENS["cases"]}


def judged(case):
    first = to_date(GOLDENS["first_ms"])
    tested, start = CandleRange(first, first + timedelta(days=case["days"])), case["starting_balance"]
    trades = columns(case["trades"])
    found = quality(trades, tested, start)
    statistics = {
        "results_per_pair": GroupLines(trades, tested, start).by_pair(sorted(set(trades.pair))),
        "sharpe": found.sharpe,
        "sortino": found.sortino,
        "calmar": found.calmar,
    }
    return Judged(
        trades=trades,
        first=tested.first,
        last=tested.last,
        starting_balance=start,
        statistics=statistics,
        config={},
        processed=dict,
    )


def columns(trades):
    pairs, opened, closed, ratios, profits = zip(*trades, strict=True)
    opened, closed = np.array(opened), np.array(closed)
    count = len(trades)
    return TradeColumns(
        pair=np.array(pairs, dtype=object),
        enter_tag=np.array([""] * count, dtype=object),
        exit_reason=np.array(["roi"] * count, dtype=object),
        profit=np.array(profits),
        ratio=np.array(ratios),
        stake=np.full(count, 100.0),
        minutes=(closed - opened) // 60_000,
        opened=opened,
        closed=closed,
        is_short=np.zeros(count, dtype=bool),
    )


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_that_of_freqtrade(name, case):
    found = LOSSES[name](judged(CASES[case]))
    assert found == pytest.approx(CASES[case]["losses"][name], rel=1e-9, abs=1e-12)


def test_all_of_freqtrades_losses_have_their_names():
    assert set(LOSSES) == set(CASES["mixed"]["losses"])
    assert set(ALIASES.values()) <= set(LOSSES)
