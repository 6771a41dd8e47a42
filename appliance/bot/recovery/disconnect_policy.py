"""Do what is configured while the exchange is silent: enter nothing, cancel entries that wait."""

import logging

from appliance.bot.orders.events import warn
from appliance.bot.orders.placing import Orders
from appliance.bot.state.context import Trading
from appliance.domain.errors import ApplianceError, Refused

log = logging.getLogger(__name__)

LOST = "cancelled: the exchange was out of contact"


class DisconnectPolicy:
    """Watch how long the exchange has been silent. `lost` tells whether that is too long."""

    def __init__(self, trading: Trading, orders: Orders) -> None:
        self._t = trading
        self._orders = orders
        self.lost = False

    @property
    def may_enter(self) -> bool:
        if self._t.notices.bars:
            return False
        return not self.lost or self._t.settings.on_disconnect == "none"

    async def watch(self) -> None:
        """See whether contact is lost, or there again; tell when that changes."""
        patience = self._t.settings.on_disconnect_after
        silent_for = self._t.gateway.silent_for
        if not self.lost and silent_for >= patience:
            self.lost = True
            warn(self._t, f"{self._t.gateway.name} has not answered for {silent_for:.0f} s: {self._policy()}")
        if self.lost and self._t.settings.on_disconnect == "cancel_entries":
            await self._cancel_entries()
        if self.lost and self._t.gateway.silent_for < patience:
            self.lost = False
            warn(self._t, f"{self._t.gateway.name} answers again")

    def _policy(self) -> str:
        entries = {
            "none": "entries go on as soon as it answers",
            "stop_entries": "no entries until it answers",
            "cancel_entries": "no entries until it answers, and those that wait are cancelled",
        }
        return f"{entries[self._t.settings.on_disconnect]}; exits and stops are tried all the same"

    async def _cancel_entries(self) -> None:
        for trade in list(self._t.book.open.values()):
            for order in trade.open_orders:
                if order.ft_order_side != trade.entry_side:
                    continue
                try:
                    async with self._t.acting_on(trade.pair):
                        if order.ft_is_open and self._t.book.has(trade):
                            await self._orders.cancel(trade, order, LOST)
                except Refused as error:
                    log.info("%s", error)
                except ApplianceError as error:
                    log.info("The entry of %s is cancelled later: %s", trade.pair, error)
                    return
