"""Define what pages show of a search and of an epoch."""

from msgspec import Struct


class EpochView(Struct, frozen=True, kw_only=True):
    """Show an epoch. Money in stake currency, ratios 0.01 for one percent, `held` in s; None: not stated."""

    number: int
    loss: float | None
    trades: int
    wins: int
    profit: float | None
    profit_ratio: float | None
    mean_ratio: float | None
    drawdown: float | None
    held: float | None
    was_best: bool


class SearchView(Struct, frozen=True, kw_only=True):
    """Show a search. `first` and `last` of its candles in s since 1970 (UTC); `best` are epochs, best first.

    `parameters` of the best stand as in a strategy. `usable`: epochs with a loss that counts.
    """

    file: str
    strategy: str = ""
    problem: str = ""
    epochs: int = 0
    usable: int = 0
    profitable: int = 0
    currency: str = ""
    timeframe: str = ""
    first: int = 0
    last: int = 0
    best: list[EpochView] = []
    parameters: str = ""
