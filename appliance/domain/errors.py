"""One exception tree; each class carries the HTTP status and the exit status that it becomes at the edge."""

from typing import ClassVar


class ApplianceError(Exception):
    """Be the root of every error that this program raises on purpose.

    The text is one line for people: what is wrong and, where it can be told, what to do.
    """

    http_status: ClassVar[int] = 500
    exit_status: ClassVar[int] = 2


class ConfigurationError(ApplianceError):
    """Say that settings, command line or environment cannot be used. `problems` has one line each."""

    http_status = 422

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Starting(ApplianceError):
    """Say that the bot is not there yet, or could not be started."""

    http_status = 503


class KeyRefused(ConfigurationError):
    """Say that the exchange does not accept the API key, or not for trading: perhaps only for now."""


class StrategyError(ApplianceError):
    """Say that a strategy is missing, cannot be loaded, or failed; names file and line where known."""


class StrategyNotFound(StrategyError):
    http_status = 404


class PackageError(ApplianceError):
    """Say that a Python package cannot be installed or removed."""


class DataError(ApplianceError):
    """Say that candles or public trades cannot be read from disk, written, or used."""


class StorageError(ApplianceError):
    """Say that the database cannot be opened, read or written."""


class UnwritableRecord(StorageError):
    """Say that this one record can never be written as it is; the database takes others all the same."""


class ExchangeError(ApplianceError):
    """Say that the exchange refused, or answered what cannot be used."""

    http_status = 502


class TemporaryExchangeError(ExchangeError):
    """Say that asking again later may help: time-out, connection lost, 5xx, maintenance."""


class RateLimited(TemporaryExchangeError):
    """Say that the exchange asks to slow down. `retry_after` in seconds, None where it gave none."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(text)


class InvalidOrder(ExchangeError):
    """Say that the exchange will not take this order as it is (filters, precision, price)."""


class NothingFilled(InvalidOrder):
    """Say that the exchange took an order and ended it at once, since nobody fills it."""


class InsufficientFunds(InvalidOrder):
    """Say that the account cannot pay for this order."""


class OrderNotTaken(InvalidOrder):
    """Say that an order certainly does not exist, for a reason that is not its own.

    No connection, a wrong key, clocks that differ: sent again later it may be taken.
    """


class OrderNotFound(ExchangeError):
    """Say that the exchange knows no such order."""


class OrderUnsettled(TemporaryExchangeError):
    """Say that an order was sent and its answer lost: it is being asked for, and nothing is sent again."""


class PairNotFound(ExchangeError):
    """Say that the exchange does not have this pair, or does not trade it now."""


class PairListError(ApplianceError):
    """Say that a source of pairs outside the exchange cannot be asked now, or answered what is no use."""

    http_status = 502


class Refused(ApplianceError):
    """Say that the trader will not do what was asked (pair open already, not running, …)."""

    http_status = 502


class NotFound(ApplianceError):
    http_status = 404


class WrongMode(ApplianceError):
    """Say that this needs the other run mode (trade or webserver)."""

    http_status = 503
