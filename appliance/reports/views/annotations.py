"""Show the annotations of charts that a strategy returns."""

import logging
from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from appliance.reports.views.json_values import plain

log = logging.getLogger(__name__)

Moment = str | UnsetType
"""A date as the strategy wrote it; datetimes become ISO text."""


class AreaAnnotationType(Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="area"):
    """Mark an area from `start` to `end` and from `y_start` to `y_end` (quote currency)."""

    start: Moment = UNSET
    end: Moment = UNSET
    y_start: float | UnsetType = UNSET
    y_end: float | UnsetType = UNSET
    color: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    z_level: int | UnsetType = UNSET


class LineAnnotationType(Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="line"):
    """Draw a line from `start`, `y_start` to `end`, `y_end` (quote currency)."""

    start: Moment = UNSET
    end: Moment = UNSET
    y_start: float | UnsetType = UNSET
    y_end: float | UnsetType = UNSET
    color: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    z_level: int | UnsetType = UNSET
    width: int | UnsetType = UNSET
    line_style: Literal["solid", "dashed", "dotted"] | UnsetType = UNSET


class PointAnnotationType(Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="point"):
    """Mark a point at the moment `x` and the price `y` (quote currency)."""

    x: Moment = UNSET
    y: float | UnsetType = UNSET
    color: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    z_level: int | UnsetType = UNSET
    size: int | UnsetType = UNSET
    rotate: int | UnsetType = UNSET
    shape: Literal["circle", "rect", "roundRect", "triangle", "pin", "arrow", "none"] | UnsetType = UNSET


Annotation = AreaAnnotationType | LineAnnotationType | PointAnnotationType


def annotations_shown(marks: Iterable[Any]) -> list[Annotation]:
    """Show annotations; one of an unknown kind is logged and left out."""
    shown: list[Annotation] = []
    for mark in marks:
        try:
            shown.append(msgspec.convert(plain(mark), Annotation, strict=False))
        except (msgspec.ValidationError, TypeError) as error:
            log.warning("plot_annotations: %r is no annotation: %s", mark, error)
    return shown
