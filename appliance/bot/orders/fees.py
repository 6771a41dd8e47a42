"""Book the fees that the exchange took: in quote, in what was bought, or in a currency of its own."""

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.bot.state.book import TradeBook
from appliance.bot.state.markets import Markets
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.domain.errors import ExchangeError
from appliance.domain.market import Fee
from appliance.domain.money import ZERO, exact, total
from appliance.domain.order import Order
from appliance.domain.position import holding
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)


@dataclass(kw_only=True, eq=False)
class Fees:
    """Work out what the fees of a finished order come to."""

    setup: Setup
    trades: TradeBook
    markets: Markets
    wallets: Wallets

    async def note(self, trade: Trade, order: Order, fees: Sequence[Fee]) -> None:
        """Note on `order` what the exchange took, its worth, and what of it came out of the position.

        What is known already stays as it is: prices and balances are asked once, right after the fill. Where
        nothing is stated, what was stated before stays.
        """
        if not fees or not order.safe_filled:
            return
        if tuple(fees) == order.fees and order.fee_in_quote is not None:
            return
        order.note_fees(fees, await self._in_quote(trade, order, fees))
        if order.fee_in_quote is None:
            log.warning("%s: what order %s paid in fees is not known", trade.pair, order.order_id)
        order.ft_fee_base = None  # while it is measured: the fill counts whole
        order.ft_fee_base = await self._out_of_position(trade, order, fees)

    async def _out_of_position(self, trade: Trade, order: Order, fees: Sequence[Fee]) -> float | None:
        """Return what of the fill went into fees, in base currency; None where the position has it all.

        What older trades have left over pays a fee where there is enough, as long as that is too little to
        be sold: other holdings of the account are not touched. A sale pays on top of what it sells, which is
        a fee below 0 here.
        """
        base = trade.safe_base_currency
        taken = float(total(fee.cost for fee in fees if fee.currency == base))
        if taken <= 0 or await self._left_overs_pay(trade, order, taken):
            return None
        return taken if order.ft_order_side == trade.entry_side else -taken

    async def _left_overs_pay(self, trade: Trade, order: Order, taken: float) -> bool:
        """Return whether the account has all that its trades hold although a fee was taken from it."""
        base = trade.safe_base_currency
        holders = [one for one in self._holders(trade) if one.safe_base_currency == base]
        if any(o.ft_is_open and o.ft_order_side == one.entry_side for one in holders for o in one.orders):
            return False  # what waits to be booked is no left-over
        try:
            await self.wallets.account.refresh()
        except ExchangeError:
            return False
        booked = total(max(holding(one), ZERO) for one in holders)
        spare = float(exact(self.wallets.get_total(base)) - booked)
        least = self.markets.market_of(trade).cost_min or 0.0
        if spare < 0 or spare * order.safe_price >= least:
            return False
        log.info("%s: left-overs pay the fee of %.8g %s", trade.pair, taken, base)
        return True

    def _holders(self, trade: Trade) -> list[Trade]:
        others = [one for one in self.trades.open.values() if one.id != trade.id]
        return [trade, *others]

    async def _in_quote(self, trade: Trade, order: Order, fees: Sequence[Fee]) -> float | None:
        """Return what fees are worth at the fill, in quote currency; None where one has no known price."""
        worth = [await self._worth(trade, order, fee) for fee in fees]
        known = [each for each in worth if each is not None]
        return float(total(known)) if len(known) == len(worth) else None

    async def _worth(self, trade: Trade, order: Order, fee: Fee) -> float | None:
        if fee.currency == trade.safe_quote_currency or not fee.cost:
            return fee.cost
        if fee.currency == trade.safe_base_currency:
            return fee.cost * order.safe_price
        price = await self._price(fee.currency, trade.safe_quote_currency)
        if price is not None:
            return fee.cost * price
        return None if fee.rate is None else fee.rate * order.filled_value

    async def _price(self, currency: str, quote: str) -> float | None:
        """Return what one of `currency` costs now, in quote currency."""
        markets = self.markets.gateway.markets
        with contextlib.suppress(ExchangeError):
            if (pair := f"{currency}/{quote}") in markets:
                return (await self.markets.gateway.fetch_ticker(pair)).last
            if (pair := f"{quote}/{currency}") in markets:
                last = (await self.markets.gateway.fetch_ticker(pair)).last
                return 1 / last if last else None
        return self.setup.settings.exchange.unknown_fee_rate
