"""Prices, types and time-outs of orders."""

from typing import Annotated, Literal

from msgspec import Struct, field

from appliance.config.documented import doc
from appliance.domain.enums import OrderKind, PriceSide

TimeInForce = Literal["GTC", "FOK", "IOC", "PO", "gtc", "fok", "ioc", "po"]


class DepthOfMarket(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Enter only if bids outweigh asks in the order book.")] = False
    bids_to_ask_delta: Annotated[float, doc("Minimum ratio of the volume of bids to that of asks.", ge=0)] = (
        0.0
    )


class EntryPricing(Struct, frozen=True, kw_only=True):
    price_side: Annotated[PriceSide, doc("Side of the order book for entry prices.")] = "same"
    price_last_balance: Annotated[
        float, doc("Weight between the price of that side (0) and the last price (1).", ge=0, le=1)
    ] = 0.0
    use_order_book: Annotated[bool, doc("Read the price from the order book, not from the ticker.")] = True
    order_book_top: Annotated[int, doc("Level of the order book; 1 is the best price.", ge=1, le=50)] = 1
    check_depth_of_market: Annotated[
        DepthOfMarket, doc("Check the balance of bids and asks before entries.")
    ] = field(default_factory=DepthOfMarket)


class ExitPricing(Struct, frozen=True, kw_only=True):
    price_side: Annotated[PriceSide, doc("Side of the order book for exit prices.")] = "same"
    price_last_balance: Annotated[
        float, doc("Weight between the price of that side (0) and the last price (1).", ge=0, le=1)
    ] = 0.0
    use_order_book: Annotated[bool, doc("Read the price from the order book, not from the ticker.")] = True
    order_book_top: Annotated[int, doc("Level of the order book; 1 is the best price.", ge=1, le=50)] = 1


class OrderTypes(Struct, frozen=True, kw_only=True):
    entry: Annotated[OrderKind, doc("Order type of entries.")] = "limit"
    exit: Annotated[OrderKind, doc("Order type of exits.")] = "limit"
    stoploss: Annotated[OrderKind, doc("Order type of stop loss exits.")] = "limit"
    stoploss_on_exchange: Annotated[bool, doc("Place the stop loss as an order on the exchange.")] = False
    stoploss_on_exchange_interval: Annotated[
        float, doc("Seconds between two adjustments of the stop order on the exchange.", ge=0)
    ] = 60
    stoploss_on_exchange_limit_ratio: Annotated[
        float, doc("Limit price of a stop order as a ratio of its stop price.", ge=0, le=1)
    ] = 0.99
    stoploss_price_type: Annotated[
        Literal["last", "mark", "index"] | None,
        doc(
            "Price that triggers the stop order on the exchange.",
            no_effect="live trading is on spot markets, which have the last price only",
        ),
    ] = None
    emergency_exit: Annotated[
        OrderKind, doc("Order type of an exit after a stop order on the exchange failed.")
    ] = "market"
    force_entry: Annotated[
        OrderKind | None, doc("Order type of forced entries; default: that of entries.")
    ] = None
    force_exit: Annotated[OrderKind | None, doc("Order type of forced exits; default: that of exits.")] = None


class OrderTimeInForce(Struct, frozen=True, kw_only=True):
    entry: Annotated[TimeInForce, doc("Time in force of entry orders.")] = "GTC"
    exit: Annotated[TimeInForce, doc("Time in force of exit orders.")] = "GTC"


class UnfilledTimeout(Struct, frozen=True, kw_only=True):
    entry: Annotated[
        float, doc("Time after which an unfilled entry order is cancelled, in `unit`.", gt=0)
    ] = 10
    exit: Annotated[float, doc("Time after which an unfilled exit order is cancelled, in `unit`.", gt=0)] = 10
    exit_timeout_count: Annotated[
        int, doc("Time-outs of an exit until an emergency exit; 0 for never.", ge=0)
    ] = 0
    unit: Annotated[Literal["minutes", "seconds"], doc("Unit of both times.")] = "minutes"
