"""Calculate the liquidation price of each position, and warn when it comes near."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.bot.orders.event_fields import LiquidationRisk, liquidation_fields
from appliance.bot.state.book import TradeBook
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.markets import Markets
from appliance.bot.state.setup import Setup
from appliance.domain.errors import ExchangeError
from appliance.domain.message import MessageType
from appliance.domain.trade import Trade
from appliance.rules.leverage import MarginPosition, liquidation_price, room_left

log = logging.getLogger(__name__)

_RECOVERED = 1.2
"""The multiple of the warning ratio that must be left again before the next approach is reported."""
_AGAIN = timedelta(hours=24)


@dataclass(kw_only=True, eq=False)
class Liquidation:
    """Set liquidation prices after fills, and warn of those that are near."""

    setup: Setup
    clock: Clock
    trades: TradeBook
    markets: Markets
    events: EventBus

    def __post_init__(self) -> None:
        self._warned: dict[int, tuple[float, datetime]] = {}

    async def follow(self, trade: Trade) -> None:
        """Recalculate the price for a position whose size has changed; spot positions have none."""
        futures = self.markets.futures
        if futures is None or not trade.is_open or trade.amount <= 0:
            return
        try:
            tiers = await futures.leverage_tiers(trade.pair)
            taker_fee = self.markets.gateway.fee_rate(trade.pair, maker=False)
        except ExchangeError as error:  # the fill must be saved in any case
            log.warning("The liquidation price of %s is unknown: %s", trade.pair, error)
            return
        price = liquidation_price(
            tiers,
            formula=futures.formula,
            position=MarginPosition(
                open_rate=trade.open_rate,
                amount=trade.amount,
                stake=trade.stake_amount,
                leverage=trade.leverage,
                is_short=trade.is_short,
            ),
            taker_fee=taker_fee,
            buffer=self.setup.settings.liquidation_buffer,
        )
        trade.liquidation_price = trade.price_rounded(price)

    def warn_where_near(self) -> None:
        """Warn about each position near its liquidation price: once, and again at half the distance."""
        ratio = self.setup.settings.liquidation_warn_ratio
        if self.markets.futures is None or not ratio:
            return
        near: list[tuple[Trade, float, float]] = []
        for trade in self.trades.open.values():
            rate = self.trades.rates.get(trade.pair)
            left = _room_left(trade, rate) if rate else None
            if not rate or left is None:
                continue
            if left <= ratio:
                near.append((trade, rate, left))
            else:
                self._forget_where_recovered(trade, left, ratio)
        for trade, rate, left in near:
            if self._is_news(trade, left):
                self._warn(trade, LiquidationRisk(rate, left, ratio, at_risk=len(near)))
        self._warned = {key: warned for key, warned in self._warned.items() if key in self.trades.open}

    def _forget_where_recovered(self, trade: Trade, left: float, ratio: float) -> None:
        if left > ratio * _RECOVERED:
            self._warned.pop(trade.id, None)

    def _is_news(self, trade: Trade, left: float) -> bool:
        warned, when = self._warned.get(trade.id, (float("inf"), self.clock.now()))
        if left >= warned * 0.5 and self.clock.now() - when < _AGAIN:
            return False
        self._warned[trade.id] = (left, self.clock.now())
        return True

    def _warn(self, trade: Trade, risk: LiquidationRisk) -> None:
        log.warning(
            "%s has %.2f %% of its room left before it is liquidated at %.8g; it is at %.8g now",
            trade.pair,
            risk.left * 100,
            trade.liquidation_price,
            risk.rate,
        )
        fields = liquidation_fields(
            trade,
            risk,
            margin_mode=self.setup.settings.margin_mode.value,
            open_positions=len(self.trades.open),
        )
        self.events.emit(MessageType.LIQUIDATION_WARNING, **fields)


def _room_left(trade: Trade, rate: float) -> float | None:
    """Return how far a position is from liquidation; None without such a price or during its exit."""
    exiting = any(order.ft_order_side == trade.exit_side for order in trade.open_orders)
    if trade.amount <= 0 or not trade.liquidation_price or exiting:
        return None
    return room_left(
        trade.liquidation_price, trade.open_rate, rate, leverage=trade.leverage, is_short=trade.is_short
    )
