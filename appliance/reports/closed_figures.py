"""Work out everything that follows from closed trades alone: it changes only when one more has closed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from appliance.domain.ledger import ClosedTrade
from appliance.reports.drawdown import Drawdown, drawdown
from appliance.reports.measures import Returns, expectancy, returns, sqn
from appliance.reports.performance import Group, grouped

Direction = Literal["long", "short"]


class ClosedFigures(Struct, frozen=True, kw_only=True):
    """Sum up closed trades. Money in stake currency; ratios of each trade's stake; a draw counts as won.

    `profit` and `ratio` are sums over the trades, `mean_duration` is in seconds, `best` the pair that made
    most. `first_and_last`: id and opening of the trades with the lowest and the highest id.
    `profit_factor` is what winners made over what losers lost, None where nobody lost.
    """

    starting_balance: float
    count: int
    profit: float
    ratio: float
    returns: Returns
    first_and_last: tuple[tuple[int, datetime], ...]
    mean_duration: float
    won: int
    lost: int
    profit_factor: float | None
    expectancy: float
    expectancy_ratio: float
    sqn: float
    drawdown: Drawdown
    best: Group
    volume: float


def of_direction(trades: Sequence[ClosedTrade], direction: Direction) -> list[ClosedTrade]:
    """Return the trades of one direction."""
    return [trade for trade in trades if trade.is_short == (direction == "short")]


def closed_figures(trades: Sequence[ClosedTrade], starting_balance: float) -> ClosedFigures:
    """Sum up `trades`; `starting_balance` in stake currency. Takes about 5 µs a trade."""
    trades = sorted(trades, key=lambda trade: trade.id)
    profits = [trade.close_profit_abs for trade in trades]
    won = [trade.close_profit_abs for trade in trades if trade.close_profit >= 0]
    lost = [trade.close_profit_abs for trade in trades if trade.close_profit < 0]
    expected, expected_ratio = expectancy(profits)
    by_date = sorted((trade.close_date, trade.close_profit_abs) for trade in trades)
    durations = sum((trade.close_date - trade.open_date).total_seconds() for trade in trades)
    pairs = grouped(trades, lambda trade: trade.pair)
    return ClosedFigures(
        starting_balance=starting_balance,
        count=len(trades),
        profit=sum(profits),
        ratio=sum(trade.close_profit for trade in trades),
        returns=returns(profits, starting_balance),
        first_and_last=tuple((trade.id, trade.open_date) for trade in (*trades[:1], *trades[-1:])),
        mean_duration=durations / (len(trades) or 1),
        won=len(won),
        lost=len(lost),
        profit_factor=sum(won) / abs(sum(lost)) if sum(lost) else None,
        expectancy=expected,
        expectancy_ratio=expected_ratio,
        sqn=sqn(profits, starting_balance) if profits and starting_balance else 0.0,
        drawdown=drawdown(by_date, starting_balance),
        best=pairs[0] if pairs else Group(),
        volume=sum(trade.volume for trade in trades),
    )
