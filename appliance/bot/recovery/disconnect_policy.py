"""Apply `on_disconnect` while the exchange does not answer: no entries, or cancel waiting ones."""

import logging
from dataclasses import dataclass

from appliance.bot.concurrency.pair_mutexes import PairMutexes
from appliance.bot.orders.placing import Orders
from appliance.bot.state.book import TradeBook
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.notices import Notices
from appliance.bot.state.setup import Setup
from appliance.domain.decisions.kinds import Kind
from appliance.domain.errors import ApplianceError, Refused
from appliance.exchange.gateway import Gateway

log = logging.getLogger(__name__)

LOST = "cancelled: the exchange did not answer"


@dataclass(kw_only=True, eq=False)
class DisconnectPolicy:
    """Watch for how long the exchange has not answered. `lost`: for too long."""

    setup: Setup
    trades: TradeBook
    gateway: Gateway
    mutexes: PairMutexes
    events: EventBus
    notices: Notices
    orders: Orders

    def __post_init__(self) -> None:
        self.lost = False

    @property
    def may_enter(self) -> bool:
        if self.notices.bars:
            return False
        return not self.lost or self.setup.settings.on_disconnect == "none"

    def why_not(self) -> tuple[Kind, str | float]:
        """Return why there may be no entries, as a step: a notice, or seconds of silence."""
        if bars := self.notices.bars:
            return Kind.BARRED, bars[0]
        return Kind.EXCHANGE_SILENT, round(self.gateway.silent_for)

    async def watch(self) -> None:
        """Check whether contact is lost or restored; warn about each change."""
        longest_silence = self.setup.settings.on_disconnect_after
        silent_for = self.gateway.silent_for
        if not self.lost and silent_for >= longest_silence:
            self.lost = True
            self.events.warn(f"{self.gateway.name} has not answered for {silent_for:.0f} s: {self._policy()}")
        if self.lost and self.setup.settings.on_disconnect == "cancel_entries":
            await self._cancel_entries()
        if self.lost and self.gateway.silent_for < longest_silence:
            self.lost = False
            self.events.warn(f"{self.gateway.name} answers again")

    def _policy(self) -> str:
        entries = {
            "none": "entries continue as soon as it answers",
            "stop_entries": "no entries until it answers",
            "cancel_entries": "no entries until it answers, and waiting ones are cancelled",
        }
        return f"{entries[self.setup.settings.on_disconnect]}; exits and stops are still tried"

    async def _cancel_entries(self) -> None:
        for trade in list(self.trades.open.values()):
            for order in trade.open_orders:
                if order.ft_order_side != trade.entry_side:
                    continue
                try:
                    async with self.mutexes.acting_on(trade.pair):
                        if order.ft_is_open and self.trades.has(trade):
                            await self.orders.cancel(trade, order, LOST)
                except Refused as error:
                    log.info("%s", error)
                except ApplianceError as error:
                    log.info("The entry of %s is cancelled later: %s", trade.pair, error)
                    return
