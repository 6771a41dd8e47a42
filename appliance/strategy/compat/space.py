"""Offer the dimensions of a search space that a strategy's nested `HyperOpt` class may build."""

from collections.abc import Sequence
from typing import Any


class Dimension:
    """Describe one dimension of the search space."""

    def __init__(self, name: str | None = None, **settings: Any) -> None:
        self.name = name
        self.settings = settings


class Categorical(Dimension):
    def __init__(self, categories: Sequence[Any], name: str | None = None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.categories = list(categories)


class Integer(Dimension):
    def __init__(self, low: int, high: int, name: str | None = None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.low, self.high = low, high


class Real(Dimension):
    def __init__(self, low: float, high: float, name: str | None = None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.low, self.high = low, high


class SKDecimal(Dimension):
    """Describe numbers with `decimals` decimal places."""

    def __init__(
        self, low: float, high: float, decimals: int = 3, name: str | None = None, **settings: Any
    ) -> None:
        super().__init__(name, **settings)
        self.low, self.high, self.decimals = low, high, decimals


__all__ = ["Categorical", "Dimension", "Integer", "Real", "SKDecimal"]
