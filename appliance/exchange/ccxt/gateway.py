"""Place and cancel orders on a real exchange through ccxt.

An order is sent once. Whether it exists when the answer is lost, nobody guesses here: the caller gets a
`TemporaryExchangeError` and asks with `find_order`.
"""

import asyncio
import functools
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import (
    ConfigurationError,
    ExchangeError,
    InvalidOrder,
    KeyRefused,
    OrderNotFound,
    OrderNotTaken,
    RateLimited,
    TemporaryExchangeError,
)
from appliance.domain.market import ExchangeOrder, OrderRequest
from appliance.exchange.capabilities import Needs, missing
from appliance.exchange.ccxt import read_orders
from appliance.exchange.ccxt.account import CcxtAccount
from appliance.exchange.ccxt.client_ids import to_wire
from appliance.exchange.ccxt.errors import AccessRefused, scrubbed
from appliance.exchange.ccxt.loading import bare_exchange
from appliance.exchange.ccxt.refusals import broken_order, failed_order
from appliance.exchange.ccxt.request_trace import watched
from appliance.exchange.ccxt.requirements import asks_for_price, asks_for_sum, buys_need_price
from appliance.exchange.matching import STOP_LIMIT, STOP_MARKET
from appliance.exchange.retry import Patience
from appliance.rules.resolution import settling_seconds

logger = logging.getLogger(__name__)

_NO_SUCH_ADDRESS = (404, 405, 501)
"""The HTTP status of an answer to a question that a server does not know."""

_COMPLETING_SECONDS = 5.0
"""How long to wait for what an acknowledgement leaves unsaid."""


class _PriceWanted(Exception):
    """Say that ccxt does not send this order without a price, or the sum, which it did not tell before."""

    def __init__(self, *, of_sum: bool) -> None:
        self.of_sum = of_sum


class CcxtGateway(CcxtAccount):
    """Be a real exchange, for real money (spot markets).

    `fee`, a ratio, stands in for the exchange's own when reckoning ahead. `needs` is what the bot is going
    to ask for; `open` raises `ConfigurationError` with a line for everything that is missing.
    """

    def __init__(
        self,
        settings: ExchangeSettings,
        *,
        fee: float | None = None,
        needs: Needs | None = None,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(settings, fee=fee, patience=patience)
        self._needs = needs or Needs()
        self._log_answers = settings.log_responses
        self._replaces_stops = self._own.replaces_stops

    @property
    def settling_seconds(self) -> float:
        if self._exchange is None:
            return settling_seconds(None, 0.0)
        window = self._exchange.options.get(self._own.window_option or "")
        return settling_seconds(_milliseconds(window), _milliseconds(self._exchange.timeout) or 0.0)

    async def open(self) -> None:
        """Check that everything is there, connect, load markets, and check that the account can be used."""
        bare = functools.partial(bare_exchange, self.name, self._account_settings or {}, demo=self._demo)
        lacking = missing(await self._in_thread(bare), self.name, self._own, self._needs)
        if lacking:
            raise ConfigurationError(*lacking)
        await super().open()
        try:
            if first := self._own.asked_first:
                await self._ask(lambda exchange: getattr(exchange, first)())
            answer = await self._ask_own(lambda exchange: exchange.fetch_balance())
        except AccessRefused as error:
            raise KeyRefused(f"exchange.key: {error}") from None
        if self._own.permission and (answer.get("info") or {}).get(self._own.permission) is False:
            raise KeyRefused(
                f"exchange.key: {self.name} does not let this account trade ({self._own.permission} is false)"
            )

    def lacking(self, needs: Needs) -> Sequence[str]:
        """Return a line for everything that this exchange lacks of what is needed."""
        return missing(self._exchange, self.name, self._own, needs)

    @property
    def replaces_stops(self) -> bool:
        return self._replaces_stops

    async def create_order(self, request: OrderRequest) -> ExchangeOrder:
        """Place a market or limit order.

        It certainly does not exist after `InvalidOrder` (`InsufficientFunds`; `OrderNotTaken` for reasons
        that are not its own) and `RateLimited`; it may exist after any other `TemporaryExchangeError`.
        """
        asked = self._asked(request, request.order_type)
        params: dict[str, Any] = {}
        if request.order_type != "market":
            params = _in_force(request.time_in_force.upper())
        return await self._place(request, asked, await self._price(asked), params)

    async def create_stop_order(self, request: OrderRequest) -> ExchangeOrder:
        """Place an order that waits until the price reaches its `stop_price`, then sells or buys.

        Raises as `create_order`. Where the order that it replaces is gone already, nothing is placed.
        """
        becomes = request.order_type
        if self._own.stop_price is None or becomes not in self._own.stop_types:
            raise OrderNotTaken(f"Stop orders that become {becomes} orders are not placed on {self.name}.")
        asked = self._asked(request, STOP_LIMIT if becomes == "limit" else STOP_MARKET)
        name = (
            "stopPrice" if request.replaces else self._own.stop_price
        )  # ccxt's editing knows it by this name
        params: dict[str, Any] = {name: request.stop_price}
        if self._own.stop_id:
            params[self._own.stop_id] = to_wire(request.client_order_id, self._own.id_form)
        return await self._place(request, asked, request.limit_price, params)

    async def cancel_order(self, order_id: str, pair: str) -> ExchangeOrder:
        """Cancel and return the order as it is afterwards; it may have filled meanwhile.

        A lost answer is not a no, nor is "no such order", which exchanges say of finished orders: the order
        itself is asked for, and while it is open it is cancelled again. Raises `OrderNotFound`.
        """
        self._check(pair)
        for attempt in range(1, self._patience.attempts + 1):
            refusal = await self._try_to_cancel(order_id, pair)
            seen = await self.fetch_order(order_id, pair)
            if not seen.is_open:
                return seen
            if refusal is not None:
                raise refusal
            await asyncio.sleep(self._patience.first_delay * attempt)
        return seen

    async def _try_to_cancel(self, order_id: str, pair: str) -> ExchangeError | None:
        """Ask once for an order to be cancelled; return why the exchange does not want to."""
        params = dict(self._own.stop_list or {}) if await self._is_kept_apart(order_id, pair) else {}
        try:
            await self._ask_once(lambda exchange: exchange.cancel_order(order_id, pair, params))
        except OrderNotFound as error:
            logger.debug("%s It may be finished.", error)
        except TemporaryExchangeError as error:
            logger.info("Asking what became of order %s: %s", order_id, error)
        except ExchangeError as error:
            return error
        return None

    async def _is_kept_apart(self, order_id: str, pair: str) -> bool:
        """Tell whether this is a stop order on an exchange that keeps those in a list of their own."""
        if not self._own.stop_list:
            return False
        stops = self._own.stop_list
        listed = await self._ask_own(lambda exchange: exchange.fetch_open_orders(pair, None, None, stops))
        return any(str(each.get("id")) == order_id for each in listed)

    def _asked(self, request: OrderRequest, kind: str) -> ExchangeOrder:
        """Return the order as it is asked for, which is what a short answer leaves unsaid."""
        if self._exchange is None or request.pair not in self.markets:
            raise OrderNotTaken(f"{self.name} has no pair {request.pair}, or is not connected.")
        return ExchangeOrder(
            id="",
            pair=request.pair,
            side=request.side,
            type=kind,
            status="open",
            amount=request.amount,
            price=request.limit_price,
            stop_price=request.stop_price,
            client_order_id=request.client_order_id,
            timestamp=self.now_ms(),
        )

    async def _price(self, asked: ExchangeOrder) -> float | None:
        """Return the price that ccxt needs: for market orders only where it cannot do without."""
        if asked.type != "market":
            return asked.price
        wanted = self._own.market_price
        if wanted == "ask":
            wanted = "buy" if buys_need_price(self._exchange) else "never"
        if wanted == "never" or (wanted == "buy" and asked.side != "buy"):
            return None
        return await self._present(asked)

    async def _present(self, asked: ExchangeOrder) -> float:
        """Return the price that a market order meets now. Raises `OrderNotTaken` where there is none."""
        try:
            price = await self._best_offer(asked)
        except ExchangeError as error:
            raise OrderNotTaken(f"The price for a market order is not known: {error}") from error
        if not price:
            raise OrderNotTaken(f"Nobody offers {asked.pair} on {self.name} now.")
        return price

    async def _best_offer(self, asked: ExchangeOrder) -> float | None:
        """Return the best price to buy or sell at, from the book where the ticker does not tell it."""
        ticker = await self.fetch_ticker(asked.pair)
        told = ticker.ask if asked.side == "buy" else ticker.bid
        if told:
            return told
        book = await self.fetch_order_book(asked.pair, 5)
        offers = book.asks if asked.side == "buy" else book.bids
        return offers[0][0] if offers else None

    async def _place(
        self, request: OrderRequest, asked: ExchangeOrder, price: float | None, params: Mapping[str, Any]
    ) -> ExchangeOrder:
        if request.leverage != 1.0:
            found = request.leverage
            raise InvalidOrder(f"{self.name} is used for spot trading: leverage is 1, found {found}.")
        if left := self._pause.left:
            raise RateLimited(f"{self.name} is left alone for another {left:.1f} s, as it asked.", left)
        wire_id = to_wire(request.client_order_id, self._own.id_form)
        sent = {**self._own.order_params, **params, "clientOrderId": wire_id}
        try:
            answer = await self._send(request, price, sent)
        except _PriceWanted as wanted:
            price = await self._present(asked)
            sent |= {"cost": asked.amount * price} if wanted.of_sum else {}
            answer = await self._send(request, price, sent)
        order = self._acknowledged(answer, asked, wire_id)
        self._note(order)
        return await self._completed(order, thin=read_orders.is_thin(answer))

    async def _send(
        self, request: OrderRequest, price: float | None, params: dict[str, Any]
    ) -> Mapping[str, Any]:
        from ccxt.base.errors import BaseError

        wanted = (request.pair, request.order_type, request.side, request.amount, price, params)
        with watched(alone=True) as wire:
            try:
                if request.replaces:
                    answer: Mapping[str, Any] = await self._exchange.edit_order(request.replaces, *wanted)
                else:
                    answer = await self._exchange.create_order(*wanted)
            except BaseError as error:
                if price is None and not wire.may_have_arrived and asks_for_price(error):
                    raise _PriceWanted(of_sum=asks_for_sum(error)) from None
                if request.replaces and wire.status in _NO_SUCH_ADDRESS:
                    self._replaces_stops = False  # this server has no such question: from now on in two steps
                told = failed_order(error, self.name, self._secrets, wire)
                await self._learn_from(error, told)
                raise told from None
            except Exception as error:  # ccxt reads answers without a look: whatever it stumbles over is told
                raise broken_order(error, self.name, self._secrets, wire) from error
        self._heard_at, self._unanswered_since = time.monotonic(), None
        if self._log_answers:
            logger.info("%s answers: %s", self.name, scrubbed(str(answer.get("info")), self._secrets))
        return answer

    def _acknowledged(self, answer: Any, asked: ExchangeOrder, wire_id: str) -> ExchangeOrder:
        """Read the answer to an order. Raises `TemporaryExchangeError` when it answers something else."""

        def reading() -> ExchangeOrder:
            if not read_orders.bears(answer, wire_id):
                raise ValueError("an answer to another order")
            return read_orders.order(answer, asked.pair, asked)

        return self._read(reading)

    async def _completed(self, order: ExchangeOrder, *, thin: bool) -> ExchangeOrder:
        """Return an acknowledged order with what its answer left out, if that can be had soon.

        If not, the order counts as open: then it is asked for again, whatever has become of it.
        """
        try:
            async with asyncio.timeout(_COMPLETING_SECONDS):
                return await (self.fetch_order(order.id, order.pair) if thin else self._with_fees(order))
        except (ExchangeError, TimeoutError) as error:
            logger.debug("Order %s is placed; what became of it is not known yet: %s", order.id, error)
            return msgspec.structs.replace(order, status="open")


def _milliseconds(told: Any) -> float | None:
    """Return a setting of ccxt's class as a number, as ccxt itself reads it."""
    try:
        return float(told)
    except (TypeError, ValueError):
        return None


def _in_force(wanted: str) -> dict[str, Any]:
    """Return ccxt's parameters for a time in force. Not all of its classes know post-only as one."""
    if wanted in ("PO", "GTX"):
        return {"postOnly": True}
    return {} if wanted == "GTC" else {"timeInForce": wanted}
