"""Offer the errors that strategies raise and catch."""

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
    """State that the operation cannot continue."""


class DependencyException(ApplianceError):
    """State that the exchange, the balance or another dependency prevents the operation."""


class PricingError(DependencyException):
    """State that no price is available."""


class RetryableOrderError(InvalidOrder):
    """State that an order was not found yet."""


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
