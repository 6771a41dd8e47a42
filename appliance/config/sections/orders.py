"""How orders are priced, typed and timed out."""

from typing import Annotated, Literal

from msgspec import Struct, field

from appliance.config.documented import doc
from appliance.domain.enums import OrderKind, PriceSide

TimeInForce = Literal["GTC", "FOK", "IOC", "PO", "gtc", "fok", "ioc", "po"]


class DepthOfMarket(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Enter only when the order book leans to the buyers.")] = False
    bids_to_ask_delta: Annotated[float, doc("Least ratio of the bids' to the asks' volume.", ge=0)] = 0.0


class EntryPricing(Struct, frozen=True, kw_only=True):
    price_side: Annotated[PriceSide, doc("Side of the book that prices an entry.")] = "same"
    price_last_balance: Annotated[
        float, doc("Weight between that side's price (0) and the last price (1).", ge=0, le=1)
    ] = 0.0
    use_order_book: Annotated[bool, doc("Take the price from the order book, not from the ticker.")] = True
    order_book_top: Annotated[int, doc("Which level of the order book, 1 is the best.", ge=1, le=50)] = 1
    check_depth_of_market: Annotated[DepthOfMarket, doc("Look at the book's balance before entering.")] = (
        field(default_factory=DepthOfMarket)
    )


class ExitPricing(Struct, frozen=True, kw_only=True):
    price_side: Annotated[PriceSide, doc("Side of the book that prices an exit.")] = "same"
    price_last_balance: Annotated[
        float, doc("Weight between that side's price (0) and the last price (1).", ge=0, le=1)
    ] = 0.0
    use_order_book: Annotated[bool, doc("Take the price from the order book, not from the ticker.")] = True
    order_book_top: Annotated[int, doc("Which level of the order book, 1 is the best.", ge=1, le=50)] = 1


class OrderTypes(Struct, frozen=True, kw_only=True):
    entry: Annotated[OrderKind, doc("Order type of entries.")] = "limit"
    exit: Annotated[OrderKind, doc("Order type of exits.")] = "limit"
    stoploss: Annotated[OrderKind, doc("Order type of stop loss exits.")] = "limit"
    stoploss_on_exchange: Annotated[bool, doc("Keep the stop loss as an order on the exchange.")] = False
    stoploss_on_exchange_interval: Annotated[
        float, doc("Seconds between two adjustments of the stop order on the exchange.", ge=0)
    ] = 60
    stoploss_on_exchange_limit_ratio: Annotated[
        float, doc("Limit price of a stop order as a ratio of its stop price.", ge=0, le=1)
    ] = 0.99
    stoploss_price_type: Annotated[
        Literal["last", "mark", "index"] | None,
        doc(
            "Which price triggers the stop order on the exchange.",
            no_effect="live trading is in spot markets, where there is only the last one",
        ),
    ] = None
    emergency_exit: Annotated[OrderKind, doc("Order type when a stop on the exchange failed.")] = "market"
    force_entry: Annotated[
        OrderKind | None, doc("Order type of forced entries; default: that of entries.")
    ] = None
    force_exit: Annotated[OrderKind | None, doc("Order type of forced exits; default: that of exits.")] = None


class OrderTimeInForce(Struct, frozen=True, kw_only=True):
    entry: Annotated[TimeInForce, doc("How long an entry order stands.")] = "GTC"
    exit: Annotated[TimeInForce, doc("How long an exit order stands.")] = "GTC"


class UnfilledTimeout(Struct, frozen=True, kw_only=True):
    entry: Annotated[float, doc("Units of time after which an unfilled entry is cancelled.", gt=0)] = 10
    exit: Annotated[float, doc("Units of time after which an unfilled exit is cancelled.", gt=0)] = 10
    exit_timeout_count: Annotated[
        int, doc("Time-outs of one exit before it becomes an emergency exit; 0 is never.", ge=0)
    ] = 0
    unit: Annotated[Literal["minutes", "seconds"], doc("Unit of the two times.")] = "minutes"
