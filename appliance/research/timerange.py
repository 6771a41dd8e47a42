"""Read `--timerange`: a span of time, open at either end."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from appliance.domain.errors import ConfigurationError

_DATES = (
    (re.compile(r"\d{8}"), "%Y%m%d"),
    (re.compile(r"\d{8}T\d{4}"), "%Y%m%dT%H%M"),
    (re.compile(r"\d{8}T\d{6}"), "%Y%m%dT%H%M%S"),
)
_SECONDS, _MILLISECONDS = re.compile(r"\d{10}"), re.compile(r"\d{13}")
_EXPECTED = "yyyymmdd, yyyymmddThhmm, or seconds or milliseconds since 1970, on each side of a hyphen"


@dataclass(frozen=True)
class TimeRange:
    """Hold start and end (ms since 1970 UTC, both inclusive); None: open."""

    start_ms: int | None = None
    end_ms: int | None = None

    @classmethod
    def parse(cls, text: str | None) -> "TimeRange":
        """Read a range, e.g. `20250101-20250201`, `20250101T1200-`. Raises ConfigurationError."""
        if not text:
            return cls()
        sides = text.split("-")
        if len(sides) != 2 or not any(sides):
            raise ConfigurationError(f"--timerange: expected {_EXPECTED}; found '{text}'")
        start, end = (_moment(side, text) for side in sides)
        if start is not None and end is not None and start > end:
            raise ConfigurationError(f"--timerange: the start lies after the end in '{text}'")
        return cls(start, end)

    def earlier(self, milliseconds: int) -> "TimeRange":
        """Return the range with its start moved back."""
        return self if self.start_ms is None else TimeRange(self.start_ms - milliseconds, self.end_ms)


def _moment(side: str, text: str) -> int | None:
    if not side:
        return None
    if _SECONDS.fullmatch(side):
        return int(side) * 1000
    if _MILLISECONDS.fullmatch(side):
        return int(side)
    for pattern, layout in _DATES:
        if pattern.fullmatch(side):
            try:
                return int(datetime.strptime(side, layout).replace(tzinfo=UTC).timestamp() * 1000)
            except ValueError:
                break  # the thirtieth of February
    raise ConfigurationError(f"--timerange: expected {_EXPECTED}; found '{side}' in '{text}'")
