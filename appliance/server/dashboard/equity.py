"""Draw the account's equity, with open positions, and how far it is below its highest point."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.reports.equity_curve import equity_curve
from appliance.server.dashboard.drawing import Scale, Tick, TimeTick, area, steps, time_ticks, xs_of
from appliance.server.dashboard.summary import BalanceSummary, ProfitSummary

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.domain.closed_trades.columns import Columns

HEIGHT = 240
FALL_HEIGHT = 70
WINDOWS = {"1d": 1, "7d": 7, "30d": 30, "90d": 90, "all": None}
"""What can be shown: the last days, or everything."""
_DAY = 86_400


class EquityPicture(Struct, frozen=True, kw_only=True):
    """Hold the paths of a picture `drawing.WIDTH` wide, and what its labels say.

    Money in stake currency, ratios 0.01 for one percent. `line`, `fall`: the curves; `ground`, `depth`: the
    areas below and above them; `base`: the height of the equity at the start.
    """

    window: str
    height: int
    fall_height: int
    line: str
    ground: str
    fall: str
    depth: str
    base: float
    ticks: list[Tick]
    times: list[TimeTick]
    first: float
    last: float
    change: float
    change_ratio: float
    highest: float
    lowest: float
    deepest: float
    began: datetime


def equity_picture(
    bot: "Bot", balance: BalanceSummary, profit: ProfitSummary, now: datetime, window: str = "all"
) -> EquityPicture:
    """Draw the equity of a window up to now. An open profit that is not known counts as 0."""
    trades = bot.book.closed.columns()
    end, began = int(now.timestamp()), began_at(trades, bot.first_started_at)
    days = WINDOWS.get(window)
    curve = equity_curve(
        trades,
        start=balance.start,
        began=began,
        now=end,
        open_profit=profit.open or 0.0,
        since=None if days is None else max(end - days * _DAY, began),
    )
    xs, scale = xs_of(curve.times), Scale.of(curve.equity, HEIGHT)
    falls = Scale(min(curve.deepest, -0.001), 0.0, FALL_HEIGHT)
    line, fall = steps(xs, curve.equity, scale), steps(xs, curve.drawdown, falls)
    return EquityPicture(
        window=window if window in WINDOWS else "all",
        height=HEIGHT,
        fall_height=FALL_HEIGHT,
        line=line,
        ground=area(line, scale, scale.low),
        fall=fall,
        depth=area(fall, falls, 0.0),
        base=scale.y(curve.equity[0]),
        ticks=scale.lines(),
        times=time_ticks(curve.times[0], curve.times[-1]),
        first=curve.equity[0],
        last=curve.equity[-1],
        change=curve.change,
        change_ratio=curve.change / curve.equity[0] if curve.equity[0] > 0 else 0.0,
        highest=curve.highest,
        lowest=curve.lowest,
        deepest=curve.deepest,
        began=datetime.fromtimestamp(curve.times[0], UTC),
    )


def began_at(trades: "Columns", first_started: datetime) -> int:
    """Return when trading began (s since 1970): a database may have trades from before this bot."""
    began = int(first_started.timestamp())
    return min(began, int(trades.integers("open_date").min()) // 1_000_000) if trades.size else began
