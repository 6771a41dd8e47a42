"""Show an epoch: what it led to, and its parameters as they stand in a strategy."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from appliance.research.hyperopt.results.stored import Record

_FIRST = ("buy", "sell", "protection", "roi", "stoploss", "trailing", "max_open_trades")
_TITLES = {
    "roi": "ROI",
    "trailing": "Trailing stop",
    **{name: name.capitalize() for name in ("buy", "sell", "enter", "exit", "protection", "stoploss")},
}
_NOT_SEARCHED = "  # value loaded from strategy"
_PLACES = 5

Values = Mapping[str, Any]


def headline(epoch: Record, total: int) -> str:
    """Return an epoch in one line."""
    mark = "*" if epoch.get("is_initial_point") else " "
    loss = float("nan") if epoch["loss"] is None else epoch["loss"]
    explanation = epoch["results_explanation"]
    return f"{mark}{epoch['current_epoch']:5d}/{total}: {explanation} Objective: {loss:.5f}"


def parameter_lines(epoch: Record) -> Iterator[str]:
    """Yield the parameters of an epoch as lines of a strategy, each indented."""
    searched, others = epoch.get("params_details", {}), epoch.get("params_not_optimized", {})
    for space in dict.fromkeys((*_FIRST, *searched, *others)):
        values, left = _rounded(searched.get(space)), _rounded(others.get(space))
        if not values and not left:
            continue
        yield ""
        note = _NOT_SEARCHED if space == "roi" and not values else ""
        yield f"    # {_TITLES.get(space, space)} parameters:{note}"
        yield from (f"    {line}" if line else "" for line in _assigned(space, values, left))


def parameters_as_json(epoch: Record) -> str:
    """Return the parameters of an epoch as JSON in one line, as freqtrade has them."""
    searched, others = epoch.get("params_details", {}), epoch.get("params_not_optimized", {})
    found: dict[str, Any] = {}
    for space in _FIRST:
        if space not in searched and space not in others:
            continue
        values = {**(searched.get(space) or {}), **(others.get(space) or {})}
        if space in ("buy", "sell"):
            found.setdefault("params", {}).update(values)
        elif space == "roi":
            found["minimal_roi"] = values
        else:
            found.update(values)
    return json.dumps(found, default=str, separators=(",", ":"))


def _assigned(space: str, values: Values, left: Values) -> Iterator[str]:
    """Yield the assignments of a space; `left` was not searched."""
    note = "" if values else _NOT_SEARCHED
    if space in ("stoploss", "max_open_trades"):
        yield f"{space} = {(values or left).get(space)}{note}"
    elif space == "trailing":
        yield from (f"{name} = {value}{note}" for name, value in (values or left).items())
    elif space == "roi":
        table = json.dumps({str(minute): ratio for minute, ratio in (values or left).items()}, indent=4)
        yield from f"minimal_roi = {table}".splitlines()
    else:
        yield f"{space}_params = {{"
        for name, value in {**values, **left}.items():
            shown = json.dumps(value) if isinstance(value, str) else value
            yield f'    "{name}": {shown},{_NOT_SEARCHED if name in left else ""}'
        yield "}"


def _rounded(values: Values | None) -> dict[str, Any]:
    return {
        name: round(value, _PLACES) if isinstance(value, float) else value
        for name, value in (values or {}).items()
    }
