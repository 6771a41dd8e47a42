"""Isolate errors with one trade: the others are managed whatever happens to it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.bot.state.event_bus import EventBus
from appliance.domain.errors import ExchangeError, Refused, StorageError, UnwritableRecord
from appliance.domain.message import MessageType

log = logging.getLogger(__name__)


class TradeIsolation:
    """Report an error with one trade, and continue with the next."""

    def __init__(self, events: EventBus) -> None:
        self._events = events
        self._reported: set[tuple[str, str]] = set()

    @contextmanager
    def looking_after(self, what: str) -> Iterator[None]:
        """Report and suppress errors within the block, except cancellation; `what` names its subject."""
        try:
            yield
        except UnwritableRecord as error:
            log.warning("Trouble with %s: %s", what, error)
        except StorageError:
            pass  # reported before; what cannot be written is not done
        except (ExchangeError, Refused) as error:
            log.warning("Trouble with %s: %s", what, error)
        except Exception as error:  # a bug with one trade: the stops of the others must be kept
            failure = (what, type(error).__name__)
            if failure not in self._reported:
                log.exception("Handling %s failed", what)
                self._report(*failure)

    def _report(self, what: str, kind: str) -> None:
        self._reported.add((what, kind))
        text = f"Handling {what} failed: {kind}; retrying. The log has the details."
        self._events.emit(MessageType.EXCEPTION, status=text)
