"""Isolate trouble with one trade: the others are looked after whatever happens to it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.bot.state.event_bus import EventBus
from appliance.domain.errors import ExchangeError, Refused, StorageError, UnwritableRecord
from appliance.domain.message import MessageType

log = logging.getLogger(__name__)


class TradeIsolation:
    """Report what fails with one trade, and go on with the next."""

    def __init__(self, events: EventBus) -> None:
        self._events = events
        self._reported: set[tuple[str, str]] = set()

    @contextmanager
    def looking_after(self, what: str) -> Iterator[None]:
        """Report and suppress what fails within, but for the end of the program; `what` names it."""
        try:
            yield
        except UnwritableRecord as error:
            log.warning("Trouble with %s: %s", what, error)
        except StorageError:
            pass  # it has been reported; what cannot be written down is not done
        except (ExchangeError, Refused) as error:
            log.warning("Trouble with %s: %s", what, error)
        except Exception as error:  # an error of ours concerns one trade: the others have stops to be kept
            failure = (what, type(error).__name__)
            if failure not in self._reported:
                log.exception("Handling %s failed", what)
                self._report(*failure)

    def _report(self, what: str, kind: str) -> None:
        self._reported.add((what, kind))
        text = f"Handling {what} failed: {kind}; retrying. The log has the details."
        self._events.emit(MessageType.EXCEPTION, status=text)
