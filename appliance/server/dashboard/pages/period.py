"""Read a period of whole days (UTC) from the address of a page: `?since=` and `?until=`, both included."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct


class Period(Struct, frozen=True):
    """Hold the first and the last day, as an address has them; empty for no bound."""

    first: str = ""
    last: str = ""

    @property
    def since(self) -> datetime | None:
        """When the first day begins."""
        return _midnight(self.first)

    @property
    def until(self) -> datetime | None:
        """When the day after the last one begins."""
        begins = _midnight(self.last)
        return begins + timedelta(days=1) if begins else None


def period_in(query: Mapping[str, str]) -> Period:
    """Return the period of an address; what is no day is left out."""
    first, last = (query.get(name, "") for name in ("since", "until"))
    return Period(first if _midnight(first) else "", last if _midnight(last) else "")


def _midnight(day: str) -> datetime | None:
    try:
        found = date.fromisoformat(day) if len(day) == len("2026-01-05") else None
    except ValueError:
        return None
    # The first and the last year leave no room for time zones and the day after.
    usable = found is not None and date.min.year < found.year < date.max.year
    return datetime.combine(found, time(), UTC) if found is not None and usable else None
