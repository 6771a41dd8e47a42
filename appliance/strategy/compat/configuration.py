"""Offer the time range type that strategies and notebooks import."""

from datetime import UTC, datetime


class TimeRange:
    """Hold a range of time. `starttype` and `stoptype` are "date" or None; stamps in seconds since 1970."""

    def __init__(
        self, starttype: str | None = None, stoptype: str | None = None, startts: int = 0, stopts: int = 0
    ) -> None:
        self.starttype = starttype
        self.stoptype = stoptype
        self.startts = startts
        self.stopts = stopts

    @property
    def startdt(self) -> datetime | None:
        return datetime.fromtimestamp(self.startts, tz=UTC) if self.startts else None

    @property
    def stopdt(self) -> datetime | None:
        return datetime.fromtimestamp(self.stopts, tz=UTC) if self.stopts else None


__all__ = ["TimeRange"]
