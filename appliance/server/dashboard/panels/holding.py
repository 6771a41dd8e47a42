"""Draw the account's growth against holding the pairs that it traded, for as long as candles are known."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.domain.timeframe import seconds
from appliance.reports.equity_curve import equity_curve
from appliance.reports.holding import Holding, holding
from appliance.server.dashboard.drawing import Scale, Tick, TimeTick, line, time_ticks, xs_of
from appliance.server.dashboard.equity import began_at

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.bot.bot import Bot
    from appliance.domain.closed_trades.columns import Columns, Floats, Ints

HEIGHT = 200
NAMED = 6


class HoldingPicture(Struct, frozen=True, kw_only=True):
    """Hold the paths of both curves, and what their labels say. Ratios: 0.01 is one percent.

    `bitcoin` is the change of bitcoin over the same time, None where its candles are unknown.
    """

    height: int
    ours: str
    market: str
    zero: float
    ticks: list[Tick]
    times: list[TimeTick]
    since: datetime
    is_whole: bool
    change: float
    market_change: float
    bitcoin: float | None
    pairs: list[str]
    more: int
    left_out: int


def known_candles(bot: "Bot") -> "Mapping[str, DataFrame]":
    """Return the candles in memory of pairs that were traded, and of bitcoin, by pair."""
    timeframe, stake = bot.resolved.timeframe, bot.settings.stake_currency
    wanted = {*traded_pairs(bot), *bitcoin_pairs(stake)}
    frames = {pair: bot.frames.get((pair, timeframe)) for pair in wanted}
    return {pair: found.frame for pair, found in frames.items() if found is not None}


def traded_pairs(bot: "Bot") -> set[str]:
    columns = bot.book.closed.columns()
    codes = set(columns.integers("pair").tolist())
    closed = {columns.text(code) for code in codes}
    return {pair for pair in closed if pair} | {trade.pair for trade in bot.book.open.values()}


def bitcoin_pairs(stake: str) -> tuple[str, str]:
    return f"BTC/{stake}", f"BTC/{stake}:{stake}"


def holding_picture(  # noqa: PLR0913 -- keyword-only options
    trades: "Columns",
    frames: "Mapping[str, DataFrame]",
    *,
    traded: Iterable[str],
    stake: str,
    timeframe: str,
    start: float,
    open_profit: float,
    first_started: datetime,
    now: datetime,
) -> HoldingPicture | None:
    """Draw both from when the candles begin, or the bot; None where no candles are known. For a thread.

    `start`: the equity before the first trade, `open_profit`: that of open trades (stake currency).
    """
    end, began = int(now.timestamp()), began_at(trades, first_started)
    series = {pair: _closes(frame, timeframe) for pair, frame in frames.items()}
    held = holding({pair: series[pair] for pair in series if pair in set(traded)}, began, end)
    if held is None or held.times[-1] <= held.times[0]:
        return None
    ours = _growth(trades, held, start=start, began=began, open_profit=open_profit)
    bitcoin = {pair: series[pair] for pair in bitcoin_pairs(stake) if pair in series}
    of_bitcoin = holding(bitcoin, held.times[0], end)
    covers = of_bitcoin is not None and of_bitcoin.times[0] <= held.times[0]
    scale, xs = Scale.of([0.0, *ours, *held.growth], HEIGHT), xs_of(held.times)
    return HoldingPicture(
        height=HEIGHT,
        ours=line(xs, ours, scale),
        market=line(xs, held.growth, scale),
        zero=scale.y(0.0),
        ticks=scale.lines(),
        times=time_ticks(held.times[0], held.times[-1]),
        since=datetime.fromtimestamp(held.times[0], UTC),
        is_whole=held.times[0] <= began,
        change=ours[-1],
        market_change=held.change,
        bitcoin=of_bitcoin.change if of_bitcoin is not None and covers else None,
        pairs=held.pairs[:NAMED],
        more=len(held.pairs[NAMED:]),
        left_out=len(set(traded) - set(held.pairs)),
    )


def _closes(frame: "DataFrame", timeframe: str) -> "tuple[Ints, Floats]":
    """Return when candles closed (s since 1970 UTC), and their closes, without those that are missing."""
    import numpy as np  # late: the server starts without it

    opened = frame["date"].to_numpy("datetime64[s]").astype(np.int64)
    closes = frame["close"].to_numpy(np.float64, na_value=np.nan)
    known = closes > 0
    return opened[known] + seconds(timeframe), closes[known]


def _growth(trades: "Columns", held: Holding, *, start: float, began: int, open_profit: float) -> list[float]:
    """Return the growth of the equity since the first of the moments, at each of them."""
    import numpy as np  # late: the server starts without it

    curve = equity_curve(
        trades,
        start=start,
        began=began,
        now=held.times[-1],
        open_profit=open_profit,
        since=max(held.times[0], began),
    )
    places = np.searchsorted(np.array(curve.times), np.array(held.times), side="right") - 1
    equity = np.array(curve.equity)[np.maximum(places, 0)]
    equity[-1] = curve.equity[-1]
    growth: list[float] = (equity / equity[0] - 1).tolist() if equity[0] > 0 else [0.0] * len(equity)
    return growth
