"""Do what clients ask about orders; each function takes parameters and returns the answer's JSON.

REST and the websocket API call the same functions. All raise `Refusal`.
"""

import secrets
from collections.abc import Mapping
from typing import NamedTuple

from tests.exchange_server.dialect import Refusal
from tests.exchange_server.endpoints import answers, parameters
from tests.exchange_server.engine import counts, order_request
from tests.exchange_server.engine.exchange import Exchange
from tests.exchange_server.engine.money import exact
from tests.exchange_server.engine.orders import NEW, PARTIALLY_FILLED, Order

Given = Mapping[str, str]
SIGNING = ("timestamp", "recvWindow", "signature", "apiKey")
"""Parameters that every signed question may have."""
_RESTRICTIONS = {"ONLY_NEW": NEW, "ONLY_PARTIALLY_FILLED": PARTIALLY_FILLED}


class Mischief(NamedTuple):
    """What befalls an order on purpose: hidden for a while; filled (a share of its rest) before a cancel;
    its fills of this moment told only after a while, but for `told_share` of them."""

    unseen_ms: int = 0
    filled_first: float = 0.0
    late_ms: int = 0
    told_share: float = 0.0


NONE = Mischief()


def new_order(exchange: Exchange, given: Given, mischief: Mischief = NONE) -> dict:
    parameters.known(given, *order_request.KNOWN, *SIGNING)
    return _placed(exchange, order_request.read(given, exchange.pairs), mischief)


def test_order(exchange: Exchange, given: Given) -> dict:
    parameters.known(given, *order_request.KNOWN, "computeCommissionRates", *SIGNING)
    exchange.engine.check(order_request.read(given, exchange.pairs))
    return {}


def cancel_order(exchange: Exchange, given: Given, mischief: Mischief = NONE) -> dict:
    allowed = ("symbol", "orderId", "origClientOrderId", "newClientOrderId", "cancelRestrictions")
    parameters.known(given, *allowed, *SIGNING)
    cancel_id = parameters.client_order_id(given, "newClientOrderId") or _cancel_id()
    return _cancelled(exchange, given, "", cancel_id, mischief)


def cancel_open_orders(exchange: Exchange, given: Given) -> list[dict]:
    parameters.known(given, "symbol", *SIGNING)
    pair = parameters.symbol(given, exchange.pairs)
    ours = [order for order in _thought_open(exchange) if order.pair == pair]
    if not ours:
        raise Refusal(-2011, "Unknown order sent.")
    cancel_id = _cancel_id()
    return [answers.cancelled(_ended(exchange, order, cancel_id), cancel_id) for order in ours]


def replace_order(exchange: Exchange, given: Given, mischief: Mischief = NONE) -> dict:
    """Cancel one order and place another; how far it came is told even where it failed."""
    own = ("cancelReplaceMode", "cancelNewClientOrderId", "cancelOrigClientOrderId", "cancelOrderId")
    parameters.known(given, *own, "cancelRestrictions", *order_request.KNOWN, *SIGNING)
    refusal = Refusal(-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")
    mode = parameters.choice(given, "cancelReplaceMode", ("STOP_ON_FAILURE", "ALLOW_FAILURE"), refusal)
    request = order_request.read(given, exchange.pairs)
    parameters.order_ids(given, "cancel")
    cancel_id = parameters.client_order_id(given, "cancelNewClientOrderId") or _cancel_id()
    told = {"cancelResult": "SUCCESS", "newOrderResult": "SUCCESS"}
    try:
        told["cancelResponse"] = _cancelled(exchange, given, "cancel", cancel_id, mischief)
    except Refusal as refused:
        told |= {"cancelResult": "FAILURE", "cancelResponse": refused.body}
    if told["cancelResult"] == "FAILURE" and mode == "STOP_ON_FAILURE":
        told |= {"newOrderResult": "NOT_ATTEMPTED", "newOrderResponse": None}
        raise Refusal(-2022, "Order cancel-replace failed.", data=told)
    try:
        told["newOrderResponse"] = _placed(exchange, request, mischief)
    except Refusal as refused:
        told |= {"newOrderResult": "FAILURE", "newOrderResponse": refused.body}
    results = {told["cancelResult"], told["newOrderResult"]}
    if results == {"FAILURE"}:
        raise Refusal(-2022, "Order cancel-replace failed.", data=told)
    if "FAILURE" in results:
        raise Refusal(-2021, "Order cancel-replace partially failed.", 409, data=told)
    return told


def query_order(exchange: Exchange, given: Given) -> dict:
    parameters.known(given, "symbol", "orderId", "origClientOrderId", *SIGNING)
    pair = parameters.symbol(given, exchange.pairs)
    order_id, client_id = parameters.order_ids(given)
    order = _found(exchange.seen_orders(), pair, order_id, client_id)
    if order is None:
        raise Refusal(-2013, "Order does not exist.")
    return answers.queried(order)


def open_orders(exchange: Exchange, given: Given) -> list[dict]:
    parameters.known(given, "symbol", *SIGNING)
    pair = parameters.symbol(given, exchange.pairs) if "symbol" in given else None
    return [
        answers.queried(order)
        for order in exchange.seen_orders()
        if order.is_open and pair in (None, order.pair)
    ]


def all_orders(exchange: Exchange, given: Given) -> list[dict]:
    """Answer the newest orders of a symbol, or those from an id or a time on."""
    parameters.known(given, "symbol", "orderId", "startTime", "endTime", "limit", *SIGNING)
    pair = parameters.symbol(given, exchange.pairs)
    limit = parameters.limit(given, 500, 1000)
    first = parameters.integer(given, "orderId")
    start, end = parameters.period(given)
    found = [
        order
        for order in exchange.seen_orders()
        if order.pair == pair
        and (first is None or order.id >= first)
        and (start is None or order.time >= start)
        and (end is None or order.time <= end)
    ]
    from_the_start = first is not None or start is not None
    return [answers.queried(order) for order in (found[:limit] if from_the_start else found[-limit:])]


def _placed(exchange: Exchange, request: order_request.OrderRequest, mischief: Mischief) -> dict:
    exchange.engine.advance()
    counts.check(exchange)
    order = exchange.engine.place(request)
    if mischief.unseen_ms:
        exchange.hide(order, mischief.unseen_ms)
    if mischief.late_ms:
        _hold_back(exchange, order, mischief)
    answer, told = exchange.settings.answer or request.answer, exchange.told
    return answers.placed(told.order(order), told.fills_of(order.id), answer)


def _cancelled(exchange: Exchange, given: Given, prefix: str, cancel_id: str, mischief: Mischief) -> dict:
    pair = parameters.symbol(given, exchange.pairs)
    order_id, client_id = parameters.order_ids(given, prefix)
    wanted = given.get("cancelRestrictions")
    if wanted is not None and wanted not in _RESTRICTIONS:
        raise Refusal(-1145, "Invalid cancelRestrictions")
    order = _found(_thought_open(exchange), pair, order_id, client_id)
    if order is None:
        raise Refusal(-2011, "Unknown order sent.")
    if mischief.filled_first:
        before = len(exchange.ledger.fills_of(order.id))
        order = exchange.engine.fill(order.id, mischief.filled_first)
        if mischief.late_ms:
            exchange.told.hold_back(exchange.ledger.fills_of(order.id)[before:], mischief.late_ms)
    if wanted is not None and exchange.told.order(order).status != _RESTRICTIONS[wanted]:
        raise Refusal(-2011, "Order was not canceled due to cancel restrictions.")
    return answers.cancelled(_ended(exchange, order, cancel_id), cancel_id)


def _thought_open(exchange: Exchange) -> list[Order]:
    """Return the orders that are open, and those that are told so because not all their fills are told."""
    exchange.engine.advance()
    known = exchange.ledger.orders.values()
    return [order for order in known if order.is_open or exchange.told.order(order).is_open]


def _ended(exchange: Exchange, order: Order, cancel_id: str) -> Order:
    """Cancel an order and return what is told of it: of one that was filled before, that it was cancelled."""
    if not order.is_open and exchange.told.order(order).is_open:
        exchange.told.call_off(order)
    else:
        order = exchange.engine.cancel(order.id, cancel_id)
    return exchange.told.order(order)


def _hold_back(exchange: Exchange, order: Order, mischief: Mischief) -> None:
    """Have the fills of a new order told late, the last ones first, but for a share of what it filled."""
    left = order.executed * exact(mischief.told_share)
    for fill in exchange.ledger.fills_of(order.id):
        left -= fill.quantity
        if left < 0:
            exchange.told.hold_back([fill], mischief.late_ms)


def _found(orders: list[Order], pair: str, order_id: int | None, client_id: str | None) -> Order | None:
    """Return the newest order that fits every id given."""
    for order in reversed(orders):
        if order.pair != pair or order_id not in (None, order.id):
            continue
        if client_id in (None, order.client_id):
            return order
    return None


def _cancel_id() -> str:
    return secrets.token_urlsafe(16)[:22]
