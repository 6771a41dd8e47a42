"""Cache values for a number of seconds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Value = TypeVar("Value")


class TtlCache(Generic[Value]):
    """Hold values by name, each for `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._values: dict[str, tuple[datetime, Value]] = {}

    def get(self, name: str, now: datetime) -> Value | None:
        """Return the cached value; None if there is none or it has expired."""
        found = self._values.get(name)
        return found[1] if found is not None and now < found[0] else None

    def put(self, name: str, value: Value, now: datetime) -> None:
        self.put_all({name: value}, now)

    def put_all(self, values: Mapping[str, Value], now: datetime) -> None:
        until = now + timedelta(seconds=self.seconds)
        valid = {name: found for name, found in self._values.items() if now < found[0]}
        self._values = valid | {name: (until, value) for name, value in values.items()}
