"""Make searches whose truth is known."""

from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np

from appliance.domain.timeframe import to_date
from appliance.research.backtest.outcome import Counters, Outcome
from appliance.research.credibility.examine import Examination, examined
from appliance.research.credibility.record import SearchRecord
from appliance.research.overfitting.neighbourhood import Axis, Line, Neighbourhood, Plane, surveyed
from appliance.research.overfitting.returns import DAY_MS, Grid
from appliance.research.overfitting.sharpe import sharpe_ratios
from tests.support.trades import new_trade

NEW_YEAR = 1_704_067_200_000
START = 1000.0


def search(
    *, edge: float = 0.0, found_by: int = 10, trials: int = 60, days: int = 256, seed: int = 5, **fields: Any
) -> SearchRecord:
    """Return a search of trials whose days are noise of 1 %; some have an edge (ratio a day).

    The best one is chosen by its Sharpe ratio, and has one trade a day.
    """
    returns = np.random.default_rng(seed).normal(0.0, 0.01, (trials, days)).astype(np.float32)
    returns[:found_by] += np.float32(edge)
    ratios = sharpe_ratios(returns)
    best = int(ratios.argmax())
    given: dict[str, Any] = {
        "loss": "SharpeHyperOptLossDaily",
        "grid": Grid(NEW_YEAR, DAY_MS, days),
        "returns": returns,
        "losses": -ratios,
        "best": best,
        "parameters": {"buy_step": 31, "buy_drop": 0.004, "sell_kind": "open"},
        "outcome": outcome(returns[best]),
        "currency": "USDT",
        "timeframe": "5m",
    }
    return SearchRecord(**(given | fields))


@cache
def noise() -> tuple[Examination, ...]:
    """Return six searches without an edge, examined."""
    return tuple(examined(search(seed=seed)) for seed in range(6))


@cache
def planted() -> tuple[Examination, ...]:
    """Return three searches that found an edge, examined."""
    return tuple(examined(search(edge=0.004, seed=seed)) for seed in range(3))


def outcome(made: np.ndarray, strategy: str = "Made") -> Outcome:
    """Return a backtest with a trade of 12 hours a day that makes what is given (ratios of the balance)."""
    first = to_date(NEW_YEAR)
    trades = []
    for day, ratio in enumerate(made.tolist()):
        opened = first + timedelta(days=day)
        trade = new_trade(rate=100.0, amount=1.0, pair="ETH/USDT", open_date=opened)
        trade.is_open = False
        trade.close_date = opened + timedelta(hours=12)
        trade.close_profit_abs = ratio * START
        trades.append(trade)
    return Outcome(
        strategy=strategy,
        trades=trades,
        locks=[],
        counters=Counters(),
        rejected=[],
        wallet=[],
        starting_balance=START,
        final_balance=START * (1 + float(made.sum())),
        first=first,
        last=first + timedelta(days=len(made), minutes=-5),
    )


def around(*, kept: float) -> Neighbourhood:
    """Return a map of which that much is left one step away from the best."""
    axis = Axis("buy_step", (27, 31, 35), 1)
    line = Line(axis, np.array([-10 * kept, -10.0, -10 * kept]))
    plane = Plane(
        axis, Axis("sell_kind", ("open", "close"), 0), np.array([[-1.0, 1.0], [-10.0, 2.0], [3.0, np.inf]])
    )
    return surveyed(-10.0, np.array([-10.0, 0.0, 0.0]), [line], [plane])
