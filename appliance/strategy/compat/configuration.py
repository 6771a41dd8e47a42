"""Offer the time range type and the reader of configuration files that strategies and notebooks import."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from appliance.config.sources.files import gather_files


class Configuration:
    """Read configuration files; a strategy's own configuration is `self.config`."""

    @staticmethod
    def from_files(files: Sequence[str]) -> dict[str, Any]:
        """Return the merged settings of the files, without defaults; of no files, the least there is.

        Raises ConfigurationError.
        """
        if not files:
            return {"stake_currency": "", "dry_run": True, "exchange": {"name": "", "pair_whitelist": []}}
        return gather_files([str(file) for file in files]).values


class TimeRange:
    """Hold a time range. `starttype` and `stoptype` are "date" or None; timestamps in seconds since 1970."""

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


__all__ = ["Configuration", "TimeRange"]
