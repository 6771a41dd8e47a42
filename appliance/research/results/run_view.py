"""Describe what came of a run in few figures, a curve and sums, for pages that list runs."""

from msgspec import Struct


class Figures(Struct, frozen=True, kw_only=True):
    """Measure a run. Money in stake currency, ratios 0.01 for one percent, times in s; None: not stated."""

    currency: str = ""
    trades: int = 0
    wins: int = 0
    profit: float | None = None
    profit_ratio: float | None = None
    start: float | None = None
    final: float | None = None
    drawdown: float | None = None
    drawdown_money: float | None = None
    sharpe: float | None = None
    sortino: float | None = None
    calmar: float | None = None
    cagr: float | None = None
    profit_factor: float | None = None
    expectancy: float | None = None
    market: float | None = None
    mean_ratio: float | None = None
    held: float | None = None
    rejected: int = 0


class Group(Struct, frozen=True, kw_only=True):
    """Sum up the trades of a pair, tag or reason."""

    name: str
    trades: int
    wins: int
    profit: float | None
    profit_ratio: float | None


class RunView(Struct, frozen=True, kw_only=True):
    """Show a run. `first`, `last` and `times` in s since 1970 (UTC), `worth` is the account's then.

    `terms` are settings of the test by their names; `warnings` say what makes the result too good.
    """

    file: str
    strategy: str
    problem: str = ""
    first: int = 0
    last: int = 0
    timeframe: str = ""
    figures: Figures = Figures()
    times: list[int] = []
    worth: list[float] = []
    terms: dict[str, str] = {}
    warnings: list[str] = []
    pairs: list[Group] = []
    tags: list[Group] = []
    reasons: list[Group] = []
