"""Define the types of annotations that `plot_annotations` returns."""

from datetime import datetime
from typing import Literal, TypedDict


class _Annotation(TypedDict, total=False):
    start: str | datetime
    end: str | datetime
    y_start: float
    y_end: float
    color: str
    label: str
    z_level: int


class AreaAnnotationType(_Annotation, total=False):
    type: Literal["area"]


class LineAnnotationType(_Annotation, total=False):
    type: Literal["line"]
    width: int
    line_style: Literal["solid", "dashed", "dotted"]


class PointAnnotationType(TypedDict, total=False):
    type: Literal["point"]
    x: str | datetime
    y: float
    color: str
    label: str
    z_level: int
    size: int
    shape: Literal["circle", "rect", "roundRect", "triangle", "pin", "arrow", "none"]


AnnotationType = AreaAnnotationType | LineAnnotationType | PointAnnotationType
