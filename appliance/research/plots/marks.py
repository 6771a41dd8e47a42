"""Turn what a strategy marks on a chart (`plot_annotations`) into shapes that pages draw."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from msgspec import UNSET

from appliance.reports.views.annotations import (
    Annotation,
    AreaAnnotationType,
    LineAnnotationType,
    PointAnnotationType,
    annotations_shown,
)

MOST_SHAPES = 2_000
LONGEST_LABEL = 80

Shape = dict[str, Any]
"""Times in seconds since 1970 UTC, rates in quote currency; None is the edge of the chart."""


def shapes(marks: Iterable[Any]) -> list[Shape]:
    """Return the shapes of annotations, the lowest `z_level` first; unusable ones are left out.

    At most `MOST_SHAPES`, the first ones.
    """
    found = [_shape(one) for one in annotations_shown(list(marks)[:MOST_SHAPES])]
    return sorted((one for one in found if one is not None), key=lambda one: int(one["z"]))


def _shape(mark: Annotation) -> Shape | None:
    try:
        if isinstance(mark, PointAnnotationType):
            return _point(mark)
        return _between(mark)
    except (ValueError, OverflowError):
        return None


def _point(mark: PointAnnotationType) -> Shape | None:
    at, rate = _seconds(mark.x), _number(mark.y)
    if at is None or rate is None:
        return None
    look = {"size": _number(mark.size) or 6, "form": mark.shape if isinstance(mark.shape, str) else "circle"}
    return {"kind": "point", "from": at, "y": [rate, rate], **_look(mark), **look}


def _between(mark: AreaAnnotationType | LineAnnotationType) -> Shape | None:
    begin, end = _seconds(mark.start), _seconds(mark.end)
    rates = [_number(mark.y_start), _number(mark.y_end)]
    shape: Shape = {"kind": "area", "from": begin, "to": end, "y": rates, **_look(mark)}
    if isinstance(mark, AreaAnnotationType):
        return shape
    if rates == [None, None] and begin is None and end is None:
        return None
    style = mark.line_style if isinstance(mark.line_style, str) else "solid"
    return {**shape, "kind": "line", "width": _number(mark.width) or 1, "style": style}


def _look(mark: Annotation) -> Shape:
    return {
        "color": mark.color if isinstance(mark.color, str) else None,
        "label": mark.label[:LONGEST_LABEL] if isinstance(mark.label, str) else "",
        "z": mark.z_level if isinstance(mark.z_level, int) else 0,
    }


def _seconds(moment: Any) -> float | None:
    """Return a date of a strategy in seconds since 1970; without a zone it is UTC. Raises ValueError."""
    if moment is UNSET or not moment:
        return None
    date = datetime.fromisoformat(str(moment))
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
