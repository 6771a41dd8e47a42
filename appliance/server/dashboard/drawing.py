"""Draw curves and bars as SVG paths: pictures without a script, which scale with the page.

A picture is `WIDTH` wide and as high as it is asked to be, whatever size the page shows it in: the style
sheet gives its lines a width that does not scale (`vector-effect`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

WIDTH = 1000


class Tick(Struct, frozen=True):
    """Label a value at `y` from the top."""

    y: float
    value: float


class Scale(Struct, frozen=True):
    """Map values from `low` to `high` onto a height, the highest at the top (0)."""

    low: float
    high: float
    height: int

    @classmethod
    def of(cls, values: Sequence[float], height: int, *, margin: float = 0.05) -> "Scale":
        """Return the scale that shows all values, with a margin (ratio of their span) above and below."""
        low, high = min(values), max(values)
        span = (high - low) or max(abs(high) * 0.01, 1e-9)
        return cls(low - span * margin, high + span * margin, height)

    def y(self, value: float) -> float:
        return round((self.high - value) / (self.high - self.low) * self.height, 1)

    def lines(self, count: int = 4) -> list[Tick]:
        """Return evenly spaced values from the top to the bottom, to be labelled."""
        heights = [self.height * place / (count - 1) for place in range(count)]
        return [Tick(round(y, 1), self.high - (self.high - self.low) * y / self.height) for y in heights]


def xs_of(times: Sequence[int]) -> list[float]:
    """Return where moments (s) lie from left to right."""
    span = max(times[-1] - times[0], 1)
    return [round((time - times[0]) / span * WIDTH, 1) for time in times]


def steps(xs: Sequence[float], values: Sequence[float], scale: Scale) -> str:
    """Return the path of a value that keeps until it changes; the last change is a slope: it is going on."""
    path = [f"M{_n(xs[0])} {_n(scale.y(values[0]))}"]
    before = values[0]
    for x, value in zip(xs[1:-1], values[1:-1], strict=True):
        if value != before:
            path.append(f"H{_n(x)}V{_n(scale.y(value))}")
            before = value
    path.append(f"L{_n(xs[-1])} {_n(scale.y(values[-1]))}")
    return "".join(path)


def line(xs: Sequence[float], values: Sequence[float], scale: Scale) -> str:
    """Return the path from each value to the next."""
    return "M" + "L".join(f"{_n(x)} {_n(scale.y(value))}" for x, value in zip(xs, values, strict=True))


def area(path: str, scale: Scale, base: float) -> str:
    """Return the area between a path over the whole width and a value."""
    y = _n(min(max(scale.y(base), 0), scale.height))
    return f"{path}V{y}H0Z"


def bars(values: Sequence[float], scale: Scale, *, gap: float = 0.3) -> list[str]:
    """Return a path for each bar, side by side from left to right, all standing on 0."""
    room = WIDTH / max(len(values), 1)
    zero = scale.y(0.0)
    return [
        f"M{_n(place * room + room * gap / 2)} {_n(zero)}h{_n(room * (1 - gap))}V{_n(scale.y(value))}"
        f"h{_n(-room * (1 - gap))}Z"
        for place, value in enumerate(values)
    ]


_FORMS = ((2, "%H:%M"), (6, "%a %H:%M"), (300, "%d %b"), (float("inf"), "%b %Y"))
"""How times are labelled, up to so many days from the first to the last."""


class TimeTick(Struct, frozen=True):
    """Label a moment: `x` from the left."""

    x: float
    label: str
    exact: datetime


def time_ticks(first: int, last: int, most: int = 5) -> list[TimeTick]:
    """Return labelled moments (s since 1970 UTC) between two, evenly spaced, from the first to the last."""
    span = max(last - first, 1)
    form = next(form for limit, form in _FORMS if span < limit * 86_400)
    moments = [first + span * place // (most - 1) for place in range(most)]
    return [
        TimeTick(round((moment - first) / span * WIDTH, 1), f"{date:{form}}", date)
        for moment in moments
        for date in [datetime.fromtimestamp(moment, UTC)]
    ]


def _n(value: float) -> str:
    """Write a coordinate as short as it can be."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
