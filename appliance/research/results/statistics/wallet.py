"""Follow what the account was worth, candle by candle, and measure it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np

from appliance.domain.timeframe import milliseconds, to_date, to_ms
from appliance.reports.measures import Returns, calmar, sharpe, sortino
from appliance.reports.views.time_format import as_ms, as_text
from appliance.research.backtest.outcome import WalletChange
from appliance.research.results.run import StrategyRun
from appliance.research.results.statistics.columns import (
    MS_PER_DAY,
    Floats,
    Ints,
    Texts,
    deviation,
    mean,
)
from appliance.research.results.statistics.drawdown import Deepest, deepest


@dataclass(frozen=True, eq=False)
class BalanceRows:
    """Hold what the account held at the opening of each candle, by columns: a row a currency and candle.

    Rows are in the order of their dates. `date` in ms since 1970 (UTC), `balance` in the currency, `rate` its
    price in stake currency.
    """

    date: Ints
    currency: Texts
    rate: Floats
    balance: Floats

    def worth(self) -> tuple[Ints, Floats]:
        """Return the dates, each once, and what all was worth then, in stake currency."""
        is_new = np.diff(self.date, prepend=-1) != 0
        dates = self.date[is_new]
        places = np.cumsum(is_new) - 1
        worth = np.bincount(places, weights=self.rate * self.balance, minlength=len(dates))
        return dates, worth.astype(np.float64)


def balance_rows(run: StrategyRun) -> BalanceRows:
    """Return what the account held at each candle but the first, by its date and then by currency.

    A change counts from the candle after its moment on. A currency is there at a candle of its pair, while
    some of it is held.
    """
    outcome, stake_currency = run.outcome, run.config["stake_currency"]
    step, first, last = milliseconds(run.config["timeframe"]), to_ms(outcome.first), to_ms(outcome.last)
    changes: dict[str, list[WalletChange]] = defaultdict(list)
    for change in outcome.wallet:
        changes[change.currency].append(change)
    clock = np.arange(first + step, last + 1, step, dtype=np.int64)
    held = _held(changes.pop(stake_currency, []), clock, run.starting_balance)
    parts = [_Part.of(stake_currency, clock, np.ones(len(clock)), held)]
    for pair, series in run.series.items():
        currency = pair.partition("/")[0]
        if currency in changes:
            opened = series.rows.opened
            parts.append(_Part.of(currency, opened, series.rows.open, _held(changes[currency], opened, 0.0)))
    place = np.repeat(np.arange(len(parts)), [len(part.date) for part in parts])
    date = np.concatenate([part.date for part in parts])
    order = np.lexsort((place, date))
    names = np.array([part.currency for part in parts], dtype=object)
    return BalanceRows(
        date[order],
        names[place[order]],
        np.concatenate([part.rate for part in parts])[order],
        np.concatenate([part.balance for part in parts])[order],
    )


class _Part(NamedTuple):
    """Hold the rows of one currency."""

    currency: str
    date: Ints
    rate: Floats
    balance: Floats

    @classmethod
    def of(cls, currency: str, date: Ints, rate: Floats, balance: Floats) -> "_Part":
        """Return the rows where some of it is held."""
        held = balance != 0
        return cls(currency, date[held], rate[held], balance[held])


def _held(changes: list[WalletChange], at: Ints, initial: float) -> Floats:
    """Return the balance just before each moment; of several changes at one moment the last counts."""
    moments = np.array([to_ms(change.moment) for change in changes], dtype=np.int64)
    totals = np.array([initial, *(change.total for change in changes)])
    held: Floats = totals[np.searchsorted(moments, at, side="left")]
    return held


def wallet_statistics(dates: Ints, worth: Floats) -> dict[str, Any]:
    """Return what the account's worth says about a result, by freqtrade's names; nothing without a value.

    dates: ms since 1970, each once; worth: in stake currency.
    """
    if not len(dates):
        return {}
    lowest, highest = int(worth.argmin()), int(worth.argmax())
    made, start = _daily_returns(dates, worth), float(worth[0])
    changes = np.diff(worth, prepend=worth[0])
    is_long_enough = len(worth) > 1
    fall = deepest(dates, changes, start) if is_long_enough else None
    relative = deepest(dates, changes, start, relative=True) if is_long_enough else None
    total = (float(worth[-1]) - start) / start if start else 0.0
    days = max(1, int(dates[-1] - dates[0]) // MS_PER_DAY)
    low, high = to_date(int(dates[lowest])), to_date(int(dates[highest]))
    return {
        "start_balance": start,
        "end_balance": float(worth[-1]),
        "high_balance": float(worth[highest]),
        "low_balance": float(worth[lowest]),
        "sharpe": sharpe(made, 1) if made else 0.0,
        "sortino": sortino(made, 1) if made else 0.0,
        "calmar": calmar(Returns(total), days, fall.ratio) if fall else 0.0,
        "low_date": as_text(low),
        "low_ts": as_ms(low),
        "high_date": as_text(high),
        "high_ts": as_ms(high),
        **_fall(fall, relative),
    }


def _daily_returns(dates: Ints, worth: Floats) -> Returns | None:
    """Return the mean of the returns from day to day (as `total`) and their deviations; None for one day.

    The worth of a day is its last one.
    """
    last_of_day = np.append(np.diff(dates // MS_PER_DAY) != 0, True)
    by_day = worth[last_of_day]
    if len(by_day) < 2:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        returns = by_day[1:] / by_day[:-1] - 1
    returns = returns[~np.isnan(returns)]
    return Returns(mean(returns), deviation(returns), deviation(returns[returns < 0]))


def _fall(fall: Deepest | None, relative: Deepest | None) -> dict[str, Any]:
    start, end = (fall.start, fall.end) if fall else (None, None)
    length = fall.duration if fall else timedelta()
    return {
        "max_drawdown_account": fall.ratio if fall else 0.0,
        "max_relative_drawdown": relative.ratio if relative else 0.0,
        "max_drawdown_abs": fall.depth if fall else 0.0,
        "drawdown_start": as_text(start),
        "drawdown_start_ts": as_ms(start),
        "drawdown_end": as_text(end),
        "drawdown_end_ts": as_ms(end),
        "drawdown_duration": days_and_time(length) if fall else str(length),
        "drawdown_duration_s": length.total_seconds(),
        "max_drawdown_low": fall.low if fall else 0.0,
        "max_drawdown_high": fall.high if fall else 0.0,
    }


def days_and_time(length: timedelta) -> str:
    """Return a length such as "7 days 12:40:00"."""
    return f"{length.days} days {timedelta(seconds=length.seconds)!s:0>8}"
