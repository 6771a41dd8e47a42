"""Reckon with the fees that the exchange took: in quote, in what was bought, or in a currency of its own."""

import contextlib
import logging
from collections.abc import Sequence

from appliance.bot.trading import Trading
from appliance.domain.errors import ExchangeError
from appliance.domain.market import Fee
from appliance.domain.order import Order
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)


class Fees:
    """Work out what the fees of a finished order come to."""

    def __init__(self, trading: Trading) -> None:
        self._t = trading

    async def as_one(self, trade: Trade, order: Order, fees: Sequence[Fee]) -> Fee | None:
        """Return the first fee with the ratio that all of them together are of the order's cost.

        The ratio is None where a fee's currency has no known price.
        """
        if not fees:
            return None
        if len(fees) == 1 and fees[0].rate is not None:
            return fees[0]
        ratios = [await self._ratio(trade, order, fee) for fee in fees]
        known = [ratio for ratio in ratios if ratio is not None]
        whole = round(sum(known), 8) if len(known) == len(ratios) else None
        return Fee(fees[0].currency, fees[0].cost, whole)

    async def out_of_position(self, trade: Trade, order: Order, fees: Sequence[Fee]) -> float | None:
        """Return what of a bought amount went into fees, in base currency; None where nothing did.

        What older trades have left over pays it where there is enough, as long as that is too little to be
        sold: other holdings of the account are not touched.
        """
        base = trade.safe_base_currency
        taken = sum(fee.cost for fee in fees if fee.currency == base)
        if not taken or order.ft_order_side != trade.entry_side:
            return None
        with contextlib.suppress(ExchangeError):
            await self._t.wallets.purse.refresh()
            spare = self._t.wallets.get_free(base) - trade.amount - order.safe_filled
            least = self._t.market_of(trade).cost_min or 0.0
            if spare >= 0 and spare * order.safe_price < least:
                log.info("%s: left-overs pay the fee of %.8g %s", trade.pair, taken, base)
                return None
        return taken

    async def _ratio(self, trade: Trade, order: Order, fee: Fee) -> float | None:
        cost = order.safe_cost or order.safe_filled * order.safe_price
        if not cost or not order.safe_filled:
            return None
        if fee.currency == trade.safe_quote_currency:
            return fee.cost / cost
        if fee.currency == trade.safe_base_currency:
            return fee.cost / order.safe_filled
        price = await self._price(fee.currency, trade.safe_quote_currency)
        return None if price is None else fee.cost * price / cost

    async def _price(self, currency: str, quote: str) -> float | None:
        """Return what one of `currency` costs now, in quote currency."""
        pair = f"{currency}/{quote}"
        if pair in self._t.gateway.markets:
            with contextlib.suppress(ExchangeError):
                return (await self._t.gateway.fetch_ticker(pair)).last
        return self._t.settings.exchange.unknown_fee_rate
