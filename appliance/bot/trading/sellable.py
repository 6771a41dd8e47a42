"""Calculate how much of a trade can be sold: what it certainly holds and the account has, in whole lots."""

import asyncio
import logging
from dataclasses import dataclass

from appliance.bot.state.wallets import Wallets
from appliance.domain.errors import ExchangeError, Refused
from appliance.domain.money import amount_to_contract_step
from appliance.domain.trade import Trade

log = logging.getLogger(__name__)

BALANCE_SECONDS = 2.0
"""How long an exit waits for an outdated balance."""


@dataclass(kw_only=True, eq=False)
class SellableAmounts:
    """Calculate sellable amounts, in base currency."""

    wallets: Wallets

    def sellable(self, trade: Trade, amount: float | None) -> float:
        """Return how much of the trade can be sold: at most what it certainly holds, rounded down to lots."""
        there = trade.amount - perhaps_sold(trade)
        wanted = there if amount is None else min(amount, there)
        step = trade.amount_precision, trade.precision_mode, trade.contract_size
        selling = amount_to_contract_step(wanted, *step)
        if selling <= 0:
            raise Refused(f"{wanted:.8g} {trade.safe_base_currency} is less than the exchange trades")
        return selling

    async def all_there_is(self, trade: Trade) -> float:
        """Return the largest sellable amount of the trade (base currency). Raises `Refused` if it is 0."""
        return await self.in_account(trade, self.sellable(trade, None))

    async def in_account(self, trade: Trade, amount: float) -> float:
        """Return `amount`, or what the account really has of the trade if that is less (base currency).

        `holdings` searches the cause of the difference; what is there is protected meanwhile.
        Raises `Refused` if there is nothing to sell.
        """
        try:
            async with asyncio.timeout(BALANCE_SECONDS):
                await self.wallets.account.catch_up(trade.safe_base_currency)
        except (ExchangeError, TimeoutError) as error:
            log.warning("The balance of %s is unknown: %s", trade.safe_base_currency, error)
            return amount
        there = self.wallets.available_for(trade)
        if trade.is_short or there >= amount:
            return amount
        log.info("%s: the account has %.8g of the %.8g to sell", trade.pair, there, amount)
        step = trade.amount_precision, trade.precision_mode, trade.contract_size
        selling = amount_to_contract_step(there, *step)
        if selling <= 0:
            raise Refused(f"cannot sell {amount:.8g} {trade.safe_base_currency}: the account has none")
        return selling


def perhaps_sold(trade: Trade) -> float:
    """Return what unknown exits may have sold of a trade (base currency); 0 if that is the whole position:
    then nothing can be sold until they are resolved."""
    exits = [o for o in trade.all_open_orders if o.is_unresolved and o.ft_order_side != trade.entry_side]
    amount = sum(order.safe_amount for order in exits)
    return amount if amount < trade.amount else 0.0
