"""Offer the errors that strategies raise and catch, within this program's one tree."""

from appliance.domain.errors import (
    ApplianceError,
    ConfigurationError,
    ExchangeError,
    InsufficientFunds,
    InvalidOrder,
    RateLimited,
    StrategyError,
    TemporaryExchangeError,
)

FreqtradeException = ApplianceError
InvalidOrderException = InvalidOrder
InsufficientFundsError = InsufficientFunds
TemporaryError = TemporaryExchangeError
DDosProtection = RateLimited


class OperationalException(ApplianceError):
    """Say that going on makes no sense."""


class DependencyException(ApplianceError):
    """Say that something outside, such as the exchange or the balance, does not allow it."""


class PricingError(DependencyException):
    """Say that no price can be had."""


class RetryableOrderError(InvalidOrder):
    """Say that the order was not found, but may be later."""


__all__ = [
    "ConfigurationError",
    "DDosProtection",
    "DependencyException",
    "ExchangeError",
    "FreqtradeException",
    "InsufficientFundsError",
    "InvalidOrderException",
    "OperationalException",
    "PricingError",
    "RetryableOrderError",
    "StrategyError",
    "TemporaryError",
]
