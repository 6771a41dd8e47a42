"""Hold settings and strategy. A reload replaces them all at once."""

from dataclasses import dataclass

import msgspec

from appliance.config.settings import Settings, UnfilledTimeout
from appliance.domain.enums import RunMode, TradingMode
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.resolve import ResolvedStrategy


@dataclass
class Setup:
    """Hold settings, strategy, and the strategy's settings as merged with the configuration."""

    settings: Settings
    strategy: IStrategy
    resolved: ResolvedStrategy
    run_mode: RunMode = RunMode.DRY_RUN

    @property
    def is_dry_run(self) -> bool:
        """Whether this program matches the orders itself, with simulated money."""
        return self.run_mode is not RunMode.LIVE

    @property
    def max_open_trades(self) -> float:
        return self.resolved.max_open_trades

    @property
    def can_short(self) -> bool:
        """Whether strategy and market allow short trades."""
        return self.resolved.can_short and self.settings.trading_mode != TradingMode.SPOT

    @property
    def unfilled_timeout(self) -> UnfilledTimeout:
        """How long orders may stay unfilled, as configuration or strategy have it."""
        return msgspec.convert(self.resolved.unfilledtimeout, UnfilledTimeout)

    def free_slots(self, open_trades: int) -> float:
        """Return how many more trades may be opened if `open_trades` are open."""
        return max(self.max_open_trades - open_trades, 0)
