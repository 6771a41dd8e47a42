"""Book the fees that the exchange charged: in quote or base currency, or in a third one."""

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
    """Calculate the fees of a finished order."""

    setup: Setup
    trades: TradeBook
    markets: Markets
    wallets: Wallets

    async def note(self, trade: Trade, order: Order, fees: Sequence[Fee]) -> None:
        """Note on `order` the fees charged, their value, and which part reduced the position.

        What is known already stays unchanged: prices and balances are fetched once, right after the fill. If
        the exchange states no fees, those stated before stay.
        """
        if not fees or not order.safe_filled:
            return
        if tuple(fees) == order.fees and order.fee_in_quote is not None:
            return
        order.note_fees(fees, await self._in_quote(trade, order, fees))
        if order.fee_in_quote is None:
            log.warning("%s: the fees of order %s are unknown", trade.pair, order.order_id)
        order.ft_fee_base = None  # until it is known, the whole fill counts
        order.ft_fee_base = await self._out_of_position(trade, order, fees)

    async def _out_of_position(self, trade: Trade, order: Order, fees: Sequence[Fee]) -> float | None:
        """Return the part of the fill that went into fees, in base currency; None if none did.

        Leftovers of older trades pay the fee if there are enough of them and they are too small to sell:
        other holdings of the account are not touched. A sale pays in addition to what it sells, which is a
        negative fee here.
        """
        base = trade.safe_base_currency
        taken = float(total(fee.cost for fee in fees if fee.currency == base))
        if taken <= 0 or await self._left_overs_pay(trade, order, taken):
            return None
        return taken if order.ft_order_side == trade.entry_side else -taken

    async def _left_overs_pay(self, trade: Trade, order: Order, taken: float) -> bool:
        """Return whether the account still has all that its trades hold, although it paid a fee."""
        base = trade.safe_base_currency
        holders = [one for one in self._holders(trade) if one.safe_base_currency == base]
        if any(o.ft_is_open and o.ft_order_side == one.entry_side for one in holders for o in one.orders):
            return False  # the surplus may be a fill that is not booked yet
        try:
            await self.wallets.account.refresh()
        except ExchangeError:
            return False
        booked = total(max(holding(one), ZERO) for one in holders)
        spare = float(exact(self.wallets.get_total(base)) - booked)
        least = self.markets.market_of(trade).cost_min or 0.0
        if spare < 0 or spare * order.safe_price >= least:
            return False
        log.info("%s: leftovers pay the fee of %.8g %s", trade.pair, taken, base)
        return True

    def _holders(self, trade: Trade) -> list[Trade]:
        others = [one for one in self.trades.open.values() if one.id != trade.id]
        return [trade, *others]

    async def _in_quote(self, trade: Trade, order: Order, fees: Sequence[Fee]) -> float | None:
        """Return the value of fees at the fill, in quote currency; None if a price is unknown."""
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
        """Return the current price of one unit of `currency`, in quote currency."""
        markets = self.markets.gateway.markets
        with contextlib.suppress(ExchangeError):
            if (pair := f"{currency}/{quote}") in markets:
                return (await self.markets.gateway.fetch_ticker(pair)).last
            if (pair := f"{quote}/{currency}") in markets:
                last = (await self.markets.gateway.fetch_ticker(pair)).last
                return 1 / last if last else None
        return self.setup.settings.exchange.unknown_fee_rate
