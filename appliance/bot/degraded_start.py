"""Start without the parts that are not needed to protect open trades, and say what is missing."""

import logging
from types import TracebackType

from appliance.bot.state.notices import Notices
from appliance.domain.errors import ApplianceError, TemporaryExchangeError

log = logging.getLogger(__name__)

START = "what the start lacks"
"""The topic of the notice about missing parts; a successful reload ends it."""


class MissingParts:
    """Collect errors that would end a start; while trades are open they only prevent entries."""

    def __init__(self, open_trades: int) -> None:
        self.open_trades = open_trades
        self.errors: list[str] = []

    def starting_without(self, what: str) -> "_Without":
        """Suppress what fails within the block if trades are open; `what` names the missing part."""
        return _Without(self, what)

    def put_notice(self, notices: Notices) -> None:
        """Put a notice that bars entries, if anything is missing."""
        if self.errors:
            trades = "1 open trade is" if self.open_trades == 1 else f"{self.open_trades} open trades are"
            text = (
                f"Degraded start: {trades} protected, no new entries. Reason: started without"
                f" {'; without '.join(self.errors)}"
            )
            notices.put(START, " ".join(text.split()), bars_entries=True)


class _Without:
    def __init__(self, missing: MissingParts, what: str) -> None:
        self._missing = missing
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or not self._missing.open_trades:
            return False
        if isinstance(error, TemporaryExchangeError):
            return False  # the caller waits and tries again
        if not isinstance(error, ApplianceError):
            log.error("Starting without %s", self._what, exc_info=error)
        reason = str(error) if isinstance(error, ApplianceError) else type(error).__name__
        self._missing.errors.append(f"{self._what}: {reason}")
        return True
