"""Wire the placing and following of orders."""

from appliance.bot.orders.dust import Dust
from appliance.bot.orders.events import OrderEvents
from appliance.bot.orders.fees import Fees
from appliance.bot.orders.funding import Funding
from appliance.bot.orders.liquidation import Liquidation
from appliance.bot.orders.placing import Orders
from appliance.bot.orders.post_fill import PostFill
from appliance.bot.orders.protections import Protections
from appliance.bot.orders.resolution import Resolution
from appliance.bot.orders.updates import OrderUpdates
from appliance.bot.state.context import Shared
from appliance.bot.strategy_host.callbacks import StrategyCalls


def orders_of(shared: Shared, calls: StrategyCalls, order_events: OrderEvents) -> Orders:
    """Return the object that places and follows orders, with the handling of fills."""
    protections = Protections(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        wallets=shared.wallets,
        events=shared.events,
        decisions=shared.decisions,
    )
    post_fill = PostFill(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        prices=shared.prices,
        thread=shared.thread,
        calls=calls,
        protections=protections,
    )
    fees = Fees(
        setup=shared.setup,
        trades=shared.books.trades,
        markets=shared.markets,
        wallets=shared.wallets,
    )
    liquidation = Liquidation(
        setup=shared.setup,
        clock=shared.clock,
        trades=shared.books.trades,
        markets=shared.markets,
        events=shared.events,
    )
    updates = OrderUpdates(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        wallets=shared.wallets,
        inflight=shared.inflight,
        events=shared.events,
        order_events=order_events,
        post_fill=post_fill,
        liquidation=liquidation,
        fees=fees,
    )
    dust = Dust(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        markets=shared.markets,
        prices=shared.prices,
        wallets=shared.wallets,
        mutexes=shared.mutexes,
        events=shared.events,
        order_events=order_events,
        isolation=shared.isolation,
        post_fill=post_fill,
    )
    funding = Funding(
        clock=shared.clock,
        books=shared.books,
        markets=shared.markets,
        mutexes=shared.mutexes,
    )
    resolution = Resolution(
        clock=shared.clock,
        gateway=shared.markets.gateway,
        inflight=shared.inflight,
    )
    return Orders(
        clock=shared.clock,
        books=shared.books,
        gateway=shared.markets.gateway,
        wallets=shared.wallets,
        inflight=shared.inflight,
        mutexes=shared.mutexes,
        updates=updates,
        dust=dust,
        funding=funding,
        resolution=resolution,
    )
