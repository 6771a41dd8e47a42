"""Sum up trades by pair, enter tag and exit reason, each group in one line."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from appliance.reports.measures import cagr
from appliance.research.results.statistics.columns import TradeColumns, mean, total
from appliance.research.results.statistics.quality import CandleRange, quality

Line = dict[str, Any]
"""The sums of one group, by freqtrade's names: `key`, `trades`, `profit_mean` and so on.

Profit `_abs` in stake currency, `profit_total` of the balance at the start, `profit_mean` of the trades'
stakes, `_pct` in percent.
"""

TOTAL = "TOTAL"
LEFT_OPEN = "force_exit"


class GroupLines:
    """Make the lines of groups of trades."""

    def __init__(self, trades: TradeColumns, tested: CandleRange, starting_balance: float) -> None:
        self._trades = trades
        self._tested = tested
        self._start = starting_balance

    def by_pair(self, pairs: Sequence[str]) -> list[Line]:
        """Return a line a pair, best first, and one of all."""
        return self._by_pair(self._trades, pairs)

    def left_open(self, pairs: Sequence[str]) -> list[Line]:
        """Return a line for each pair that had an open trade at the end, and one of all of them."""
        left = self._trades.where(self._trades.exit_reason == LEFT_OPEN)
        known = set(left.pair)
        return self._by_pair(left, [pair for pair in pairs if pair in known])

    def by_tag(self, *names: str) -> list[Line]:
        """Return a line for each value of a column (`enter_tag`, `exit_reason`), or for each combination."""
        trades = self._trades
        columns = [getattr(trades, name) for name in names]
        lines = []
        for values in sorted(set(zip(*columns, strict=True))):
            chosen = np.logical_and.reduce(
                [column == value for column, value in zip(columns, values, strict=True)]
            )
            key = values[0] if len(names) == 1 else list(values)
            lines.append(self._line(key, trades.where(chosen)))
        return [*_best_first(lines), self._line(TOTAL, trades)]

    def _by_pair(self, trades: TradeColumns, pairs: Sequence[str]) -> list[Line]:
        lines = [self._line(pair, trades.where(trades.pair == pair)) for pair in pairs]
        return [*_best_first(lines), self._line(TOTAL, trades)]

    def _line(self, key: str | list[str], trades: TradeColumns) -> Line:
        profit, start, count = total(trades.profit), self._start, len(trades)
        of_start = profit / start if start else 0.0
        average = mean(trades.ratio)
        won, lost = int((trades.profit > 0).sum()), int((trades.profit < 0).sum())
        measured = quality(trades, self._tested, start)
        fall = measured.drawdown
        return {
            "key": key,
            "trades": count,
            "profit_mean": average,
            "profit_mean_pct": round(average * 100, 2),
            "profit_total_abs": profit,
            "profit_total": of_start,
            "profit_total_pct": round(of_start * 100, 2),
            "duration_avg": _average_duration(trades) if count else "0:00",
            "wins": won,
            "draws": int((trades.profit == 0).sum()),
            "losses": lost,
            "winrate": won / count if count else 0.0,
            "cagr": cagr(start, start + profit, self._tested.days),
            "expectancy": measured.expectancy,
            "expectancy_ratio": measured.expectancy_ratio,
            "sortino": measured.sortino,
            "sharpe": measured.sharpe,
            "calmar": measured.calmar,
            "sqn": measured.sqn,
            "p_value": measured.p_value,
            "profit_factor": measured.profit_factor,
            "max_drawdown_account": fall.ratio if fall else 0.0,
            "max_drawdown_abs": fall.depth if fall else 0.0,
        }


def _best_first(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: -line["profit_total_abs"])


def _average_duration(trades: TradeColumns) -> str:
    return str(timedelta(minutes=round(total(trades.minutes) / len(trades))))
