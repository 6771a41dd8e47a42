"""Read the protections of a strategy or a configuration."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from appliance.config.jsonc import KeyPath
from appliance.config.validation.list_items import Fault, Reading, nearest, read_item, shown
from appliance.rules.protections.cooldown import CooldownPeriod
from appliance.rules.protections.low_profit import LowProfitPairs
from appliance.rules.protections.max_drawdown import MaxDrawdown
from appliance.rules.protections.stoploss_guard import StoplossGuard
from appliance.rules.protections.window import Protection

PROTECTIONS: Mapping[str, type[Protection]] = {
    kind.__name__: kind for kind in (CooldownPeriod, StoplossGuard, MaxDrawdown, LowProfitPairs)
}
"""Every protection by its `method`."""

_EXCLUSIVE = (
    ("stop_duration", "stop_duration_candles"),
    ("lookback_period", "lookback_period_candles"),
    ("stop_duration", "unlock_at"),
    ("stop_duration_candles", "unlock_at"),
)


def read_protections(entries: Sequence[Any]) -> tuple[tuple[Protection, ...], Reading]:
    """Return the protections, and faults and oddities; key paths begin with `protections`."""
    found: list[Protection] = []
    whole = Reading([], [])
    for index, entry in enumerate(entries):
        one, reading = _read(entry, ("protections", index))
        whole.faults.extend(reading.faults)
        whole.oddities.extend(reading.oddities)
        if one is not None:
            found.append(one)
    return tuple(found), whole


def _read(entry: Any, path: KeyPath) -> tuple[Protection | None, Reading]:
    if not isinstance(entry, Mapping):
        return None, Reading([Fault(path, f"expected an object, found {shown(path, entry)}")], [])
    method = entry.get("method")
    kind = PROTECTIONS.get(method) if isinstance(method, str) else None
    if kind is None:
        return None, Reading([Fault((*path, "method"), _no_such(method))], [])
    one, reading = read_item(
        kind, {key: _as_boolean(value) for key, value in entry.items()}, path, also=("method",)
    )
    reading.faults.extend(Fault((*path, key), text) for key, text in _contradictions(entry))
    return (None if reading.faults else one), reading


def _as_boolean(value: Any) -> Any:
    """Return True for the text that some strategies use instead."""
    return True if value in ("true", "True") else value


def _no_such(method: Any) -> str:
    known = ", ".join(f'"{name}"' for name in PROTECTIONS)
    if method is None:
        return f"missing; expected one of {known}"
    hint = nearest(method, list(PROTECTIONS)) if isinstance(method, str) else ""
    return f"expected one of {known}, found {shown((), method)}{hint}"


def _contradictions(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for first, second in _EXCLUSIVE:
        if entry.get(first) is not None and entry.get(second) is not None:
            yield second, f"expected either {first} or {second}, found both"
