"""Read ccxt's orders, fills and balances into the types of this program."""

from collections.abc import Mapping
from typing import Any

import msgspec

from appliance.domain.enums import ExchangeStatus, OrderSide, SeenSide
from appliance.domain.market import Balance, Balances, ExchangeOrder, Fill
from appliance.exchange.ccxt.client_ids import from_wire
from appliance.exchange.ccxt.read_fees import fees_of, told_fees
from appliance.exchange.ccxt.read_markets import number
from appliance.exchange.matching import STOP_LIMIT, STOP_MARKET

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


def order(answer: Mapping[str, Any], pair: str, asked: ExchangeOrder | None = None) -> ExchangeOrder:
    """Read an order. What the answer leaves out is taken from what was `asked` for.

    Raises ValueError or TypeError for what is no answer to this question.
    """
    if answer.get("symbol") not in (None, pair):
        raise ValueError(f"an order of {answer['symbol']} instead of {pair}")
    order_id = str(answer.get("id") or "")
    if not order_id:
        raise ValueError("an order without an id")
    filled = _filled(answer)
    status = _status(answer, filled)
    amount = number(answer.get("amount")) or (asked.amount if asked else filled)
    average = number(answer.get("average")) or None
    cost = number(answer.get("cost")) or 0.0
    if filled and not average:
        average = cost / filled or None
    fees = told_fees(answer)
    return ExchangeOrder(
        id=order_id,
        pair=pair,
        side=_side(answer) or (asked.side if asked else ""),
        type=_type(answer, asked),
        status=status,
        amount=amount,
        filled=filled,
        price=_price(answer) or (asked.price if asked else None),
        average=average if filled else None,
        stop_price=_stop_price(answer) or (asked.stop_price if asked else None),
        cost=cost or filled * (average or 0.0),
        fee=fees[0] if fees else None,
        fees=fees,
        client_order_id=_client_id(answer) or (asked.client_order_id if asked else None),
        timestamp=int(answer.get("timestamp") or (asked.timestamp if asked else 0)),
        filled_timestamp=_filled_timestamp(answer, status, filled),
    )


def is_thin(answer: Mapping[str, Any]) -> bool:
    """Tell whether an exchange acknowledged an order without saying what became of it."""
    return answer.get("status") is None or answer.get("filled") is None


def bears(answer: Mapping[str, Any], wire_id: str) -> bool:
    """Tell whether an answer is about the order with this client id, as far as it says so at all."""
    told = str(answer.get("clientOrderId") or "")
    return told.removeprefix("t-").lower() in ("", wire_id.lower())


def with_fees(seen: ExchangeOrder, fills: list[Fill]) -> ExchangeOrder:
    """Return the order with the fees of its fills."""
    fees = fees_of(fills)
    return msgspec.structs.replace(seen, fee=fees[0] if fees else None, fees=fees)


def fill(answer: Mapping[str, Any], pair: str, own_names: Mapping[str, str] | None = None) -> Fill:
    """Read one trade of ours. Exchanges that tell the client order id tell it in their own fields.

    `own_names`: currencies by the exchange's own names for them, which ccxt leaves in fees (Hyperliquid).
    """
    fees = [
        msgspec.structs.replace(fee, currency=(own_names or {}).get(fee.currency, fee.currency))
        for fee in told_fees(answer)
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


_OWN_IDS = (
    *("algoClOrdId", "clientOrderId", "clOrdId", "orderLinkId", "text", "clientOid", "cl_ord_id", "cloid"),
)
"""What exchanges call the client id of an order: ccxt does not read all of them everywhere."""


def _client_id(answer: Mapping[str, Any]) -> str | None:
    own = answer.get("info")
    told = own if isinstance(own, Mapping) else {}
    return from_wire(
        answer.get("clientOrderId") or next((told[name] for name in _OWN_IDS if told.get(name)), None)
    )


def _price(answer: Mapping[str, Any]) -> float | None:
    """Return the limit, of OKX's stop orders too, which tell -1 for none."""
    told = number(answer.get("price"))
    own = answer.get("info")
    if not told and isinstance(own, Mapping):
        told = number(own.get("slOrdPx") or None)
    return told if told and told > 0 else None


def balances(answer: Mapping[str, Any]) -> Balances:
    """Read what an account has; currencies of which it has nothing are left out.

    Raises ValueError for an empty answer: an account without anything is told otherwise.
    """
    if not answer.get("info"):
        raise ValueError("no balances")
    totals: Mapping[str, Any] = answer["total"]
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


def _filled(answer: Mapping[str, Any]) -> float:
    filled = number(answer.get("filled"))
    if filled is not None:
        return filled
    amount, remaining = number(answer.get("amount")), number(answer.get("remaining"))
    return max(0.0, amount - remaining) if amount is not None and remaining is not None else 0.0


def _side(answer: Mapping[str, Any]) -> SeenSide:
    """Return the side; empty where the answer does not state one of the two."""
    return _SIDES.get(str(answer.get("side")).lower(), "")


def _status(answer: Mapping[str, Any], filled: float) -> ExchangeStatus:
    told = answer.get("status")
    if told is None:
        return "open"
    status = _STATUSES.get(str(told).lower())
    if status is None:
        raise ValueError(f"an order of the unknown status {str(told)[:30]}")
    amount = number(answer.get("amount"))
    if status == "open" and amount and filled >= amount:
        return "closed"  # what is filled whole cannot be open; some exchanges tell the status later
    return status


def _type(answer: Mapping[str, Any], asked: ExchangeOrder | None) -> str:
    if asked:
        return asked.type
    if _stop_price(answer):
        return STOP_LIMIT if _price(answer) else STOP_MARKET
    return answer.get("type") or "limit"


def _stop_price(answer: Mapping[str, Any]) -> float | None:
    told = (number(answer.get(name)) for name in ("triggerPrice", "stopLossPrice", "stopPrice"))
    return next((price for price in told if price), None)


def _filled_timestamp(answer: Mapping[str, Any], status: ExchangeStatus, filled: float) -> int | None:
    if not filled or status == "open":
        return None
    told = answer.get("lastTradeTimestamp") or answer.get("lastUpdateTimestamp") or answer.get("timestamp")
    return int(told) if told else None
