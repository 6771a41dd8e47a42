"""Provide the exchange's limits of a pair's stake, in stake currency and before leverage."""

from dataclasses import dataclass

from appliance.bot.state.markets import Markets
from appliance.bot.state.setup import Setup
from appliance.rules.leverage import largest_worth
from appliance.rules.stake import PositionLimit, stake_limits


@dataclass(kw_only=True, eq=False)
class StakeLimits:
    """Provide the limits of stakes."""

    setup: Setup
    markets: Markets

    async def of(
        self, pair: str, rate: float, *, stoploss: float, leverage: float
    ) -> tuple[float | None, float]:
        """Return the least (None: no limit) and the largest stake of an entry of `pair` at `rate`.

        `stoploss` is the loss (ratio) after which the least stake can still be sold. Raises `ExchangeError`.
        """
        futures = self.markets.futures
        worth = largest_worth(await futures.leverage_tiers(pair), leverage) if futures else None
        reserve = self.setup.settings.amount_reserve_percent
        return stake_limits(
            self.markets.market(pair), rate, stoploss, reserve, PositionLimit(leverage, worth)
        )
