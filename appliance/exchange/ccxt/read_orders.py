"""Read ccxt's orders, fills, fees and balances into the types of this program."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from appliance.domain.enums import ExchangeStatus, OrderSide, SeenSide
from appliance.domain.market import Balance, Balances, ExchangeOrder, Fee, Fill
from appliance.domain.money import total
from appliance.exchange.ccxt.protocol import BalanceAnswer, FeeAnswer, OrderAnswer, TradeAnswer
from appliance.exchange.ccxt.read_markets import number
from appliance.exchange.client_ids import from_wire
from appliance.exchange.matching import STOP_LIMIT, STOP_MARKET
from appliance.exchange.traits import CLIENT_ID_FIELDS, CLIENT_ID_PREFIX, STOP_LIMIT_FIELD

_WHOLE = 1e-6
"""Fills make an order whole when no more than this ratio of it is missing."""
_STATUSES: Mapping[str, ExchangeStatus] = {
    "open": "open",
    "canceling": "open",
    "pending_new": "open",
    "closed": "closed",
    "canceled": "canceled",
    "cancelled": "canceled",
    "expired": "expired",
    "rejected": "rejected",
}
_SIDES: Mapping[str, OrderSide] = {"buy": "buy", "sell": "sell"}


def order(answer: OrderAnswer, pair: str, asked: ExchangeOrder | None = None) -> ExchangeOrder:
    """Read an order. What the answer leaves out is taken from what was `asked` for.

    Raises ValueError or TypeError for an answer to something else.
    """
    if answer.get("symbol") not in (None, pair):
        raise ValueError(f"an order of {answer.get('symbol')} instead of {pair}")
    order_id = str(answer.get("id") or "")
    if not order_id:
        raise ValueError("an order without an id")
    filled = _filled(answer)
    status = _status(answer, filled)
    cost, average = _cost_and_average(answer, filled)
    fees = read_fees(answer)
    read = ExchangeOrder(
        id=order_id,
        pair=pair,
        side=_side(answer),
        type=_type(answer),
        status=status,
        amount=number(answer.get("amount")) or 0.0,
        filled=filled,
        price=_price(answer),
        average=average,
        stop_price=_stop_price(answer),
        cost=cost,
        fee=fees[0] if fees else None,
        fees=fees,
        client_order_id=_client_id(answer),
        timestamp=int(answer.get("timestamp") or 0),
        filled_timestamp=_filled_timestamp(answer, status, filled),
    )
    return _completed(read, asked)


def _completed(read: ExchangeOrder, asked: ExchangeOrder | None) -> ExchangeOrder:
    """Fill in what an answer leaves out: from what was asked for, else the amount from what is filled."""
    if asked is None:
        return msgspec.structs.replace(read, amount=read.amount or read.filled)
    return msgspec.structs.replace(
        read,
        type=asked.type,
        side=read.side or asked.side,
        amount=read.amount or asked.amount,
        price=read.price or asked.price,
        stop_price=read.stop_price or asked.stop_price,
        client_order_id=read.client_order_id or asked.client_order_id,
        timestamp=read.timestamp or asked.timestamp,
    )


def _cost_and_average(answer: OrderAnswer, filled: float) -> tuple[float, float | None]:
    """Return what was paid and the mean price of what is filled; each follows from the other."""
    cost = number(answer.get("cost")) or 0.0
    average = number(answer.get("average")) or None
    if filled and not average:
        average = cost / filled or None
    return cost or filled * (average or 0.0), average if filled else None


def is_thin(answer: OrderAnswer) -> bool:
    """Return whether an exchange acknowledged an order without its status or what is filled."""
    return answer.get("status") is None or answer.get("filled") is None


def may_have_client_id(answer: OrderAnswer, wire_id: str) -> bool:
    """Return whether an answer is about the order with this client id, or does not say which."""
    answered = str(answer.get("clientOrderId") or "")
    return answered.removeprefix(CLIENT_ID_PREFIX).lower() in ("", wire_id.lower())


def with_fees(seen: ExchangeOrder, fills: list[Fill]) -> ExchangeOrder:
    """Return the order with the fees of its fills."""
    fees = fees_of(fills)
    return msgspec.structs.replace(seen, fee=fees[0] if fees else None, fees=fees)


def fill(answer: TradeAnswer, pair: str, own_names: Mapping[str, str] | None = None) -> Fill:
    """Read one trade of ours. Its client order id, where there is one, is in the exchange's own fields.

    `own_names`: currencies by the exchange's own names for them, which ccxt may leave in fees.
    """
    fees = [
        msgspec.structs.replace(fee, currency=(own_names or {}).get(fee.currency, fee.currency))
        for fee in read_fees(answer)
    ]
    amount, price = float(answer["amount"]), float(answer["price"])
    return Fill(
        id=str(answer.get("id") or ""),
        order_id=str(answer.get("order") or ""),
        pair=pair,
        side=_side(answer),
        amount=amount,
        price=price,
        cost=number(answer.get("cost")) or amount * price,
        fee=fees[0] if fees else None,
        client_order_id=_client_id(answer),
        timestamp=int(answer.get("timestamp") or 0),
    )


def _client_id(answer: OrderAnswer | TradeAnswer) -> str | None:
    own = answer.get("info")
    fields = own if isinstance(own, Mapping) else {}
    found = next((fields[name] for name in CLIENT_ID_FIELDS if fields.get(name)), None)
    return from_wire(answer.get("clientOrderId") or found)


def _price(answer: OrderAnswer) -> float | None:
    """Return the limit, of stop orders too; none may be answered as 0 or -1."""
    price = number(answer.get("price"))
    own = answer.get("info")
    if not price and isinstance(own, Mapping):
        price = number(own.get(STOP_LIMIT_FIELD) or None)
    return price if price and price > 0 else None


def balances(answer: BalanceAnswer) -> Balances:
    """Read what an account has; currencies of which it has nothing are left out.

    Raises ValueError for an empty answer: that of an account without anything has at least `info`.
    """
    if not answer.get("info"):
        raise ValueError("no balances")
    totals = answer["total"]
    free, used = answer.get("free") or {}, answer.get("used") or {}
    return {
        currency: Balance(
            currency,
            free=number(free.get(currency)) or 0.0,
            used=number(used.get(currency)) or 0.0,
            total=number(amount) or 0.0,
        )
        for currency, amount in totals.items()
        if number(amount)
    }


def _filled(answer: OrderAnswer) -> float:
    filled = number(answer.get("filled"))
    if filled is not None:
        return filled
    amount, remaining = number(answer.get("amount")), number(answer.get("remaining"))
    return max(0.0, amount - remaining) if amount is not None and remaining is not None else 0.0


def _side(answer: OrderAnswer | TradeAnswer) -> SeenSide:
    """Return the side; empty where the answer does not state one of the two."""
    return _SIDES.get(str(answer.get("side")).lower(), "")


def _status(answer: OrderAnswer, filled: float) -> ExchangeStatus:
    answered = answer.get("status")
    if answered is None:
        return "open"
    status = _STATUSES.get(str(answered).lower())
    if status is None:
        raise ValueError(f"an order of the unknown status {str(answered)[:30]}")
    amount = number(answer.get("amount"))
    if status == "open" and amount and filled >= amount:
        return "closed"  # some exchanges update the status later than what is filled
    return status


def _type(answer: OrderAnswer) -> str:
    if _stop_price(answer):
        return STOP_LIMIT if _price(answer) else STOP_MARKET
    return answer.get("type") or "limit"


def _stop_price(answer: OrderAnswer) -> float | None:
    fields = (answer.get("triggerPrice"), answer.get("stopLossPrice"), answer.get("stopPrice"))
    return next((price for price in map(number, fields) if price), None)


def _filled_timestamp(answer: OrderAnswer, status: str, filled: float) -> int | None:
    if not filled or status == "open":
        return None
    at = answer.get("lastTradeTimestamp") or answer.get("lastUpdateTimestamp") or answer.get("timestamp")
    return int(at) if at else None


def read_fees(answer: OrderAnswer | TradeAnswer) -> tuple[Fee, ...]:
    """Return the fees of an order or trade, one for each currency; none where the answer has none.

    Some exchanges list all currencies that a fee might have been paid in: empty ones do not count beside
    others.
    """
    listed: Sequence[FeeAnswer | None] = answer.get("fees") or (answer.get("fee"),)
    fees = [fee for item in listed if (fee := _fee(item)) is not None]
    return summed([fee for fee in fees if fee.cost] or fees[-1:])


def fees_of(fills: Iterable[Fill]) -> tuple[Fee, ...]:
    """Return the fees of fills, one for each currency."""
    return summed(fill.fee for fill in fills if fill.fee is not None)


def summed(fees: Iterable[Fee]) -> tuple[Fee, ...]:
    """Add fees up by currency, in the order in which the currencies appear; the rate only if it is one."""
    by_currency: dict[str, list[Fee]] = {}
    for fee in fees:
        by_currency.setdefault(fee.currency, []).append(fee)
    return tuple(
        Fee(currency, float(total(fee.cost for fee in parts)), _common({fee.rate for fee in parts}))
        for currency, parts in by_currency.items()
    )


def is_whole(order: ExchangeOrder, fills: Iterable[Fill]) -> bool:
    """Return whether these fills are all of what the order has filled."""
    return sum(fill.amount for fill in fills) >= order.filled * (1 - _WHOLE)


def _fee(answer: FeeAnswer | None) -> Fee | None:
    if not answer:
        return None
    currency, cost, rate = answer.get("currency"), answer.get("cost"), answer.get("rate")
    if cost is None or not currency:
        return None
    return Fee(str(currency), float(cost), None if rate is None else float(rate))


def _common(rates: set[float | None]) -> float | None:
    return rates.pop() if len(rates) == 1 else None
