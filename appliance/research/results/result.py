"""Hold a result in freqtrade's form, as it is stored, shown, and read again."""

from collections.abc import Sequence
from typing import Any

import msgspec


class BacktestResult(msgspec.Struct, kw_only=True):
    """Hold the statistics of each strategy by its name, a line for each, and the metadata of their runs.

    Dicts with freqtrade's names, ready for JSON. `warnings` has sentences about what makes a strategy's
    result too good; freqtrade has none, they are stored beside its files.
    """

    strategy: dict[str, dict[str, Any]]
    strategy_comparison: list[dict[str, Any]]
    metadata: dict[str, dict[str, Any]]
    warnings: dict[str, list[str]] = msgspec.field(default_factory=dict)

    def in_order(self, strategies: Sequence[str]) -> "BacktestResult":
        """Return the same result with its strategies in an order; others come last."""
        places = {name: place for place, name in enumerate(strategies)}

        def place(name: str) -> int:
            return places.get(name, len(places))

        return BacktestResult(
            strategy=dict(sorted(self.strategy.items(), key=lambda item: place(item[0]))),
            strategy_comparison=sorted(self.strategy_comparison, key=lambda line: place(line["key"])),
            metadata=self.metadata,
            warnings=self.warnings,
        )
