"""Offer the types with which strategies annotate `self.wallets` and its results."""

from appliance.domain.market import Balance as Wallet
from appliance.strategy.ports import WalletsPort as Wallets

__all__ = ["Wallet", "Wallets"]
