"""Define the dimensions of a search space: what parameters span, and a nested `HyperOpt` class may build."""

from collections.abc import Sequence
from typing import Any


class Dimension:
    """Describe one dimension of the search space; `settings` are those of optuna, such as `log`."""

    def __init__(self, name: str | None = None, **settings: Any) -> None:
        self.name = name or ""
        self.settings = settings


class Categorical(Dimension):
    """Describe one of several values."""

    def __init__(self, categories: Sequence[Any], name: str | None = None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.categories = list(categories)


class Integer(Dimension):
    """Describe whole numbers from `low` to `high`, both included."""

    def __init__(self, low: int, high: int, name: str | None = None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.low, self.high = int(low), int(high)


class Real(Dimension):
    """Describe any number from `low` to `high`."""

    def __init__(self, low: float, high: float, name: str | None = None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.low, self.high = low, high


class SKDecimal(Dimension):
    """Describe numbers at steps of `step`, or with `decimals` decimal places."""

    def __init__(
        self,
        low: float,
        high: float,
        decimals: int | None = None,
        name: str | None = None,
        *,
        step: float | None = None,
    ) -> None:
        super().__init__(name)
        if (decimals is None) == (step is None):
            raise ValueError(f"SKDecimal {name}: expected either decimals or step")
        self.step = step or 1 / 10 ** (decimals or 0)
        self.low = round(low, decimals) if decimals else low
        self.high = round(high, decimals) if decimals else high
