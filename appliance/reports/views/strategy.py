"""Show a strategy: its code and its parameters."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from appliance.reports.views.json_values import plain
from appliance.strategy.parameters import (
    BaseParameter,
    BooleanParameter,
    CategoricalParameter,
    DecimalParameter,
    IntParameter,
    NumericParameter,
)


class _Parameter(Struct, kw_only=True, tag_field="param_type"):
    """Show a parameter: `load` and `optimize` are true where parameter file and search may set it."""

    name: str
    space: str
    load: bool
    optimize: bool


class BooleanView(_Parameter, tag="BooleanParameter"):
    value: bool | None
    opt_range: list[bool]


class CategoricalView(_Parameter, tag="CategoricalParameter"):
    value: Any
    opt_range: list[Any]


class DecimalView(_Parameter, tag="DecimalParameter"):
    value: float
    low: float
    high: float
    decimals: int


class IntView(_Parameter, tag="IntParameter"):
    value: int
    low: int
    high: int


class RealView(_Parameter, tag="RealParameter"):
    value: float
    low: float
    high: float


ParameterView = BooleanView | CategoricalView | DecimalView | IntView | RealView


class StrategyResponse(Struct, frozen=True, kw_only=True):
    """Show a strategy: `code` is the text of its file."""

    strategy: str
    timeframe: str | None
    code: str
    params: list[ParameterView]


def parameters_shown(parameters: Iterable[BaseParameter]) -> list[ParameterView]:
    """Show parameters with their current values; those of a kind unknown to clients are left out."""
    shown = (_parameter_view(parameter) for parameter in parameters)
    return [view for view in shown if view is not None]


def _parameter_view(parameter: BaseParameter) -> ParameterView | None:
    fields: dict[str, Any] = {
        "name": parameter.name,
        "space": parameter.space or "",
        "load": parameter.load,
        "optimize": parameter.optimize,
        "value": plain(parameter.value),
    }
    if isinstance(parameter, CategoricalParameter):
        kind = BooleanView if isinstance(parameter, BooleanParameter) else CategoricalView
        return kind(**fields, opt_range=[plain(choice) for choice in parameter.opt_range])
    if not isinstance(parameter, NumericParameter):
        return None
    fields |= {"low": plain(parameter.low), "high": plain(parameter.high)}
    if isinstance(parameter, DecimalParameter):
        return DecimalView(**fields, decimals=parameter.decimals)
    return (IntView if isinstance(parameter, IntParameter) else RealView)(**fields)
