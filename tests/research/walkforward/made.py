"""Make results of windows by hand."""

from typing import Any

import numpy as np

from appliance.research.overfitting.neighbourhood import Dimension
from appliance.research.walkforward.result import Part, WindowResult
from appliance.research.walkforward.windows import Cut, windows

DAY_MS = 86_400_000
NEW_YEAR = 1_704_067_200_000
CUT = Cut(search=30 * DAY_MS, test=10 * DAY_MS)
DIMENSIONS = [
    Dimension(name="length", low=0, high=100, step=1),
    Dimension(name="kind", choices=("open", "close")),
]


def part(first_ms: int, days: int, *profits: float, sharpe: float = 1.0) -> Part:
    """Return what one trade a day made, on the first days of a range."""
    return Part(
        first_ms=first_ms,
        last_ms=first_ms + days * DAY_MS,
        profit=sum(profits),
        sharpe=sharpe,
        closed_ms=[first_ms + DAY_MS * day + DAY_MS // 2 for day in range(len(profits))],
        profits=list(profits),
    )


def results(
    *outside: list[float], inside: float = 0.3, params: list[dict[str, Any]] | None = None
) -> list[WindowResult]:
    """Return a walk whose windows made these profits, each of one trade a day."""
    cut = windows(NEW_YEAR, NEW_YEAR + (30 + 10 * len(outside)) * DAY_MS, CUT)
    chosen = params or [{"length": 50, "kind": "open"}] * len(outside)
    return [
        WindowResult(
            window=window,
            seed=window.number,
            epochs=20,
            params=values,
            details={"buy": values},
            loss=-1.0,
            inside=part(window.search_from, 30, inside),
            outside=part(window.test_from, 10, *profits),
            deflated=0.5,
            overfitting=None,
            dimensions=DIMENSIONS,
        )
        for window, profits, values in zip(cut, outside, chosen, strict=True)
    ]


def nothing_found(result: WindowResult) -> WindowResult:
    """Return the window as if its search had found nothing of use."""
    return WindowResult(
        window=result.window, seed=1, epochs=20, params=None, details={}, loss=None, inside=None, outside=None
    )


def daily(mean: float, count: int = 10, seed: int = 1) -> list[float]:
    """Return profits of a trade a day, with noise of half a percent."""
    drawn: list[float] = np.random.default_rng(seed).normal(mean, 0.005, count).tolist()
    return drawn
