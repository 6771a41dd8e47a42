"""Define all errors in one tree; each class has the HTTP status and the exit status for the edges."""

from typing import ClassVar


class ApplianceError(Exception):
    """Base class of every error that this program raises on purpose.

    The text is one line for the user: what is wrong and, where known, what to do.
    """

    http_status: ClassVar[int] = 500
    exit_status: ClassVar[int] = 2


class ConfigurationError(ApplianceError):
    """Signal that settings, command line or environment cannot be used. `problems` has one line each."""

    http_status = 422

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Starting(ApplianceError):
    """Signal that the bot has not started yet, or could not be started."""

    http_status = 503


class KeyRefused(ConfigurationError):
    """Signal that the exchange refuses the API key, or trading with it; it may be temporary."""


class StrategyError(ApplianceError):
    """Signal that a strategy is missing, cannot be loaded, or failed; names file and line where known."""


class StrategyNotFound(StrategyError):
    http_status = 404


class PackageError(ApplianceError):
    """Signal that a Python package cannot be installed or removed."""


class DataError(ApplianceError):
    """Say that candles or public trades cannot be read from disk, written, or used."""


class StorageError(ApplianceError):
    """Signal that the database cannot be opened, read or written."""


class UnwritableRecord(StorageError):
    """Signal that this one record can never be written as it is; others still can."""


class ExchangeError(ApplianceError):
    """Signal that the exchange refused, or that its answer is unusable."""

    http_status = 502


class TemporaryExchangeError(ExchangeError):
    """Signal that a later attempt may succeed: time-out, connection lost, 5xx, maintenance."""


class RateLimited(TemporaryExchangeError):
    """Signal that the exchange asks to slow down. `retry_after` in seconds, None where it states none."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(text)


class InvalidOrder(ExchangeError):
    """Signal that the exchange will not take this order as it is (filters, precision, price)."""


class NothingFilled(InvalidOrder):
    """Signal that the exchange accepted an order and ended it at once without a fill."""


class InsufficientFunds(InvalidOrder):
    """Signal that the account cannot pay for this order."""


class OrderNotTaken(InvalidOrder):
    """Signal that an order certainly does not exist, for a reason outside the order.

    No connection, a wrong key, clocks that differ: sent again later it may be accepted.
    """


class OrderNotFound(ExchangeError):
    """Signal that the exchange has no such order."""


class OrderUnresolved(TemporaryExchangeError):
    """Signal that an order was sent and its answer lost: it is being resolved, and nothing is sent again."""


class PairNotFound(ExchangeError):
    """Signal that the exchange does not have this pair, or does not currently trade it."""


class PairListError(ApplianceError):
    """Signal that a source of pairs outside the exchange is unreachable, or its answer unusable."""

    http_status = 502


class Refused(ApplianceError):
    """Signal that the bot refuses a command (pair already open, not running, …)."""

    http_status = 502


class Busy(ApplianceError):
    """Signal that something is running that has to end before."""

    http_status = 400


class BadRequest(ApplianceError):
    """Signal that a request names what does not go together."""

    http_status = 400


class NotShown(Refused):
    """Signal that something cannot be shown; clients read the reason as `detail`."""


class NotFound(ApplianceError):
    http_status = 404


class WrongMode(ApplianceError):
    """Signal that this needs the other run mode (trade or webserver)."""

    http_status = 503
