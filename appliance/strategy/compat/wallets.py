"""Offer the names with which strategies annotate `self.wallets` and what it returns."""

from appliance.domain.market import Balance as Wallet
from appliance.strategy.ports import WalletsPort as Wallets

__all__ = ["Wallet", "Wallets"]
