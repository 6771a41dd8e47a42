"""Ask the exchange what became of orders of which it is not known; remember since when that is asked."""

from collections.abc import Sequence
from datetime import datetime

from appliance.bot.order_request import is_unsettled
from appliance.bot.trading import Trading
from appliance.domain.journal import JournalEntry, JournalState
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import Order
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.rules.settling import Evidence, Verdict, asks_again, forgetting_seconds, settle_unknown


class Questions:
    """Put the question of each order until there is an answer. All methods raise `ExchangeError`."""

    def __init__(self, trading: Trading) -> None:
        self._t = trading
        self._since: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._without_trade: dict[str, str] = {}
        self.never_sent: list[JournalEntry] = []
        """The journal's lines of orders that were found not to have reached the exchange."""
        self.cancelled: list[JournalEntry] = []
        """Those of orders that ended before they were filled whole."""
        self.refused: list[JournalEntry] = []
        """Those of orders that the exchange said it did not take."""

    def is_open(self, trade: Trade) -> bool:
        """Tell whether an order of a trade, or one of its pair without a trade, is not settled."""
        alone = trade.pair in self._without_trade.values()
        return alone or any(is_unsettled(order) for order in trade.standing_orders)

    def begin_without_trade(self, line: JournalEntry) -> None:
        """Keep a pair's question open of whose order the journal alone knows."""
        self._without_trade[line.client_order_id] = line.pair
        self.begin(line.client_order_id)

    def begin(self, key: str) -> None:
        """Let patience with an order count from now, unless it does already."""
        self._since.setdefault(key, self._t.ticks())

    def end(self, key: str) -> None:
        self._since.pop(key, None)
        self._asked.pop(key, None)
        self._without_trade.pop(key, None)

    def noted(self, lines: Sequence[JournalEntry]) -> Sequence[JournalEntry]:
        """Have orders looked at again that these lines call cancelled or refused; return the lines."""
        self.cancelled += [line for line in lines if line.state is JournalState.CANCELLED and line.order_id]
        self.refused += [line for line in lines if line.state is JournalState.REJECTED]
        return lines

    async def evidence(self, client_order_id: str, pair: str, placed_at: datetime) -> Evidence:
        """Return what the exchange has of an order with an id of ours."""
        self.begin(client_order_id)
        waited = self._t.ticks() - self._since[client_order_id]  # asking takes long, and may just miss it
        found = await self._t.gateway.find_order(client_order_id, pair, to_ms(placed_at))
        self._asked[client_order_id] = waited
        return Evidence(found=found, complete=True, waited=waited)

    async def became_of(self, order: Order) -> tuple[Verdict, ExchangeOrder | None]:
        """Judge an order whose answer was lost."""
        return await self._judged(order, self._t.gateway.settling_seconds)

    async def forgotten(self, order: Order) -> tuple[Verdict, ExchangeOrder | None]:
        """Judge an order that the exchange has had and now does not find by its number."""
        return await self._judged(order, forgetting_seconds(self._t.gateway.settling_seconds))

    async def _judged(self, order: Order, patience: float) -> tuple[Verdict, ExchangeOrder | None]:
        key = order.client_order_id or order.order_id
        self.begin(key)
        if not asks_again(self._asked.get(key), self._t.ticks() - self._since[key], patience):
            return Verdict.WAIT, None
        if order.client_order_id:
            told = await self.evidence(key, order.ft_pair, order.order_date)
        else:  # another program has placed it: there is nothing to look for but its number
            told = Evidence(found=None, complete=True, waited=self._t.ticks() - self._since[key])
        verdict = settle_unknown(told, patience)
        if verdict is not Verdict.WAIT:
            self.end(key)
        return verdict, told.found
