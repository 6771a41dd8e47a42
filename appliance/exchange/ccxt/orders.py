"""Place, replace and cancel orders on an exchange.

An order is sent once. Whether it exists when the answer is lost is not guessed here: the caller gets a
`TemporaryExchangeError` and asks with `Account.find_order`.
"""

import asyncio
import logging
from collections.abc import Awaitable

import msgspec

from appliance.domain.errors import (
    ExchangeError,
    InvalidOrder,
    OrderNotFound,
    OrderNotTaken,
    RateLimited,
    TemporaryExchangeError,
)
from appliance.domain.market import ExchangeOrder, OrderBook, OrderRequest, Ticker
from appliance.exchange.ccxt import read_orders
from appliance.exchange.ccxt.account import Account
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.errors import scrubbed
from appliance.exchange.ccxt.protocol import OrderAnswer, Params, unchanged
from appliance.exchange.ccxt.refusals import broken_order, failed_order
from appliance.exchange.ccxt.requirements import asks_for_price, asks_for_sum, buys_need_price
from appliance.exchange.ccxt.transport import recorded
from appliance.exchange.client_ids import to_wire
from appliance.exchange.gateway import MarketData
from appliance.exchange.matching import STOP_LIMIT, STOP_MARKET

logger = logging.getLogger(__name__)

_NO_SUCH_ADDRESS = (404, 405, 501)
"""The HTTP status of an answer to a request that a server does not know."""
_COMPLETING_SECONDS = 5.0
"""How long to wait for the fields that an acknowledgement leaves out."""


class _PriceWanted(Exception):
    """ccxt does not send this order without a price, or without the sum; it had not said so before."""

    def __init__(self, *, of_sum: bool) -> None:
        self.of_sum = of_sum


class Orders:
    """Place and cancel orders (spot). `account` asks what became of them, `data` for prices.

    With `log_answers` the exchange's own answers are logged, without secrets.
    """

    def __init__(
        self, connection: Connection, account: Account, data: MarketData, *, log_answers: bool = False
    ) -> None:
        self._connection, self._account, self._data = connection, account, data
        self._log_answers = log_answers
        self.replaces_stops = connection.traits.replaces_stops

    async def create_order(self, request: OrderRequest) -> ExchangeOrder:
        """Place a market or limit order.

        It certainly does not exist after `InvalidOrder` (`InsufficientFunds`; `OrderNotTaken` for reasons
        that are not its own) and `RateLimited`; it may exist after any other `TemporaryExchangeError`.
        """
        asked = self._asked(request, request.order_type)
        params = {} if request.order_type == "market" else _in_force(request.time_in_force.upper())
        return await self._place(request, asked, await self._price(asked), params)

    async def create_stop_order(self, request: OrderRequest) -> ExchangeOrder:
        """Place an order that waits until the price reaches its `stop_price`, then sells or buys.

        Raises as `create_order`. Where the order that it replaces is gone already, nothing is placed.
        """
        traits, becomes = self._connection.traits, request.order_type
        if traits.stop_price is None or becomes not in traits.stop_types:
            name = self._connection.name
            raise OrderNotTaken(f"Stop orders that become {becomes} orders are not placed on {name}.")
        asked = self._asked(request, STOP_LIMIT if becomes == "limit" else STOP_MARKET)
        parameter = "stopPrice" if request.replaces else traits.stop_price  # ccxt's name when it edits
        params: Params = {parameter: request.stop_price}
        if traits.stop_id:
            params[traits.stop_id] = to_wire(request.client_order_id, traits.id_form)
        return await self._place(request, asked, request.limit_price, params)

    async def cancel_order(self, order_id: str, pair: str) -> ExchangeOrder:
        """Cancel and return the order as it is afterwards; it may have filled meanwhile.

        A lost answer is not a no, nor is "no such order", which exchanges say of finished orders: the order
        itself is asked for, and while it is open it is cancelled again. Raises `OrderNotFound`.
        """
        self._connection.check(pair)
        retry = self._connection.retry
        for attempt in range(1, retry.attempts + 1):
            refusal = await self._try_to_cancel(order_id, pair)
            seen = await self._account.fetch_order(order_id, pair)
            if not seen.is_open:
                return seen
            if refusal is not None:
                raise refusal
            await asyncio.sleep(retry.first_delay * attempt)
        return seen

    async def _try_to_cancel(self, order_id: str, pair: str) -> ExchangeError | None:
        """Ask once for an order to be cancelled; return the exchange's refusal."""
        separate = await self._account.is_listed_separately(order_id, pair)
        params = dict(self._connection.traits.stop_list or {}) if separate else {}
        try:
            await self._connection.ask_once(
                lambda exchange: exchange.cancel_order(order_id, pair, params), unchanged
            )
        except OrderNotFound as error:
            logger.debug("%s It may be finished.", error)
        except TemporaryExchangeError as error:
            logger.info("Asking what became of order %s: %s", order_id, error)
        except ExchangeError as error:
            return error
        return None

    def _asked(self, request: OrderRequest, kind: str) -> ExchangeOrder:
        """Return the order as it is asked for, which completes a short answer."""
        if not self._connection.is_open or request.pair not in self._connection.markets:
            raise OrderNotTaken(f"{self._connection.name} has no pair {request.pair}, or is not connected.")
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
            timestamp=self._connection.clock(),
        )

    async def _price(self, asked: ExchangeOrder) -> float | None:
        """Return the price that ccxt needs: for market orders only where it cannot do without."""
        if asked.type != "market":
            return asked.price
        wanted = self._connection.traits.market_price
        if wanted == "ask":
            wanted = "buy" if buys_need_price(self._connection.exchange) else "never"
        if wanted == "never" or (wanted == "buy" and asked.side != "buy"):
            return None
        return await self._present_price(asked)

    async def _present_price(self, asked: ExchangeOrder) -> float:
        """Return the price that a market order meets now. Raises `OrderNotTaken` where there is none."""
        try:
            price = await self._best_offer(asked)
        except ExchangeError as error:
            raise OrderNotTaken(f"The price for a market order is not known: {error}") from error
        if not price:
            raise OrderNotTaken(f"Nobody offers {asked.pair} on {self._connection.name} now.")
        return price

    async def _best_offer(self, asked: ExchangeOrder) -> float | None:
        """Return the best price to buy or sell at, from the book where the ticker does not have it."""
        ticker: Ticker = await self._data.fetch_ticker(asked.pair)
        price = ticker.ask if asked.side == "buy" else ticker.bid
        if price:
            return price
        book: OrderBook = await self._data.fetch_order_book(asked.pair, 5)
        offers = book.asks if asked.side == "buy" else book.bids
        return offers[0][0] if offers else None

    async def _place(
        self, request: OrderRequest, asked: ExchangeOrder, price: float | None, params: Params
    ) -> ExchangeOrder:
        name, traits = self._connection.name, self._connection.traits
        if request.leverage != 1.0:
            found = request.leverage
            raise InvalidOrder(f"{name} is used for spot trading: leverage is 1, found {found}.")
        if left := self._connection.pause_left:
            raise RateLimited(f"{name} asked for a pause; {left:.1f} s of it are left.", left)
        wire_id = to_wire(request.client_order_id, traits.id_form)
        sent = {**traits.order_params, **params, "clientOrderId": wire_id}
        try:
            answer = await self._send(request, price, sent)
        except _PriceWanted as wanted:
            price = await self._present_price(asked)
            sent |= {"cost": asked.amount * price} if wanted.of_sum else {}
            answer = await self._send(request, price, sent)
        order = self._acknowledged(answer, asked, wire_id)
        self._account.note_seen(order)
        return await self._completed(order, thin=read_orders.is_thin(answer))

    async def _send(self, request: OrderRequest, price: float | None, params: Params) -> OrderAnswer:
        from ccxt.base.errors import BaseError

        connection = self._connection
        with recorded(alone=True) as record:
            try:
                answer = await self._sending(request, price, params)
            except BaseError as error:
                if price is None and not record.may_have_arrived and asks_for_price(error):
                    raise _PriceWanted(of_sum=asks_for_sum(error)) from None
                if request.replaces and record.status in _NO_SUCH_ADDRESS:
                    self.replaces_stops = False  # this server cannot replace orders: in two steps from now on
                own = failed_order(error, connection.name, connection.secrets, record)
                await connection.learn_from(error, own)
                raise own from None
            except Exception as error:  # ccxt reads answers unchecked: it may fail in any way
                raise broken_order(error, connection.name, connection.secrets, record) from error
        connection.note_answer(of_account=True)
        if self._log_answers:
            text = scrubbed(str(answer.get("info")), connection.secrets)
            logger.info("%s answers: %s", connection.name, text)
        return answer

    def _sending(self, request: OrderRequest, price: float | None, params: Params) -> Awaitable[OrderAnswer]:
        exchange = self._connection.exchange
        wanted = (request.pair, request.order_type, request.side, request.amount, price, params)
        if request.replaces:
            return exchange.edit_order(request.replaces, *wanted)
        return exchange.create_order(*wanted)

    def _acknowledged(self, answer: OrderAnswer, asked: ExchangeOrder, wire_id: str) -> ExchangeOrder:
        """Read the answer to an order. Raises `TemporaryExchangeError` when it answers something else."""

        def reading(answer: OrderAnswer) -> ExchangeOrder:
            if not read_orders.may_have_client_id(answer, wire_id):
                raise ValueError("an answer to another order")
            return read_orders.order(answer, asked.pair, asked)

        return self._connection.read(reading, answer)

    async def _completed(self, order: ExchangeOrder, *, thin: bool) -> ExchangeOrder:
        """Return an acknowledged order with the fields that its answer left out, if they can be had soon.

        If not, the order counts as open: then it is asked for again, whatever has become of it.
        """
        account = self._account
        try:
            async with asyncio.timeout(_COMPLETING_SECONDS):
                if thin:
                    return await account.fetch_order(order.id, order.pair)
                return await account.fills.with_fees(order)
        except (ExchangeError, TimeoutError) as error:
            logger.debug("Order %s is placed; its state is not known yet: %s", order.id, error)
            return msgspec.structs.replace(order, status="open")


def _in_force(wanted: str) -> Params:
    """Return ccxt's parameters for a time in force. Not all of its classes know post-only as one."""
    if wanted in ("PO", "GTX"):
        return {"postOnly": True}
    return {} if wanted == "GTC" else {"timeInForce": wanted}
