"""Wire the decisions on trades."""

from dataclasses import dataclass

from appliance.bot.orders.placing import Orders
from appliance.bot.state.context import Shared
from appliance.bot.strategy_host.analyst import Analyst
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.bot.trading.entries import Entries
from appliance.bot.trading.exits import Exits
from appliance.bot.trading.open_orders import OpenOrders
from appliance.bot.trading.position_adjustment import Adjustments
from appliance.bot.trading.sellable import SellableAmounts
from appliance.bot.trading.stake_limits import StakeLimits
from appliance.bot.trading.stop_watcher import StopWatcher
from appliance.bot.trading.stoploss_on_exchange import ExchangeStops


@dataclass(frozen=True, kw_only=True)
class TradingParts:
    """Hold the parts of the cycle that decide on trades."""

    exits: Exits
    stops: ExchangeStops
    stop_watcher: StopWatcher
    open_orders: OpenOrders
    adjustments: Adjustments
    entries: Entries


def trading_of(shared: Shared, calls: StrategyCalls, orders: Orders, analyst: Analyst) -> TradingParts:
    """Return the parts that decide on entries, exits, stops, additions and open orders."""
    limits = StakeLimits(setup=shared.setup, markets=shared.markets)
    exits = Exits(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        prices=shared.prices,
        amounts=SellableAmounts(wallets=shared.wallets),
        mutexes=shared.mutexes,
        thread=shared.thread,
        events=shared.events,
        isolation=shared.isolation,
        calls=calls,
        orders=orders,
        analyst=analyst,
        decisions=shared.decisions,
    )
    stops = ExchangeStops(
        setup=shared.setup,
        clock=shared.clock,
        trades=shared.books.trades,
        gateway=shared.markets.gateway,
        prices=shared.prices,
        wallets=shared.wallets,
        mutexes=shared.mutexes,
        isolation=shared.isolation,
        orders=orders,
        exits=exits,
    )
    stop_watcher = StopWatcher(
        setup=shared.setup,
        clock=shared.clock,
        trades=shared.books.trades,
        prices=shared.prices,
        mutexes=shared.mutexes,
        isolation=shared.isolation,
        exits=exits,
        stops=stops,
    )
    open_orders = OpenOrders(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        markets=shared.markets,
        prices=shared.prices,
        wallets=shared.wallets,
        mutexes=shared.mutexes,
        isolation=shared.isolation,
        stake_limits=limits,
        calls=calls,
        orders=orders,
        exits=exits,
        analyst=analyst,
    )
    adjustments = Adjustments(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        markets=shared.markets,
        prices=shared.prices,
        wallets=shared.wallets,
        mutexes=shared.mutexes,
        isolation=shared.isolation,
        stake_limits=limits,
        calls=calls,
        orders=orders,
        exits=exits,
        decisions=shared.decisions,
    )
    entries = Entries(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        markets=shared.markets,
        prices=shared.prices,
        wallets=shared.wallets,
        mutexes=shared.mutexes,
        calls=calls,
        orders=orders,
        analyst=analyst,
        decisions=shared.decisions,
    )
    return TradingParts(
        exits=exits,
        stops=stops,
        stop_watcher=stop_watcher,
        open_orders=open_orders,
        adjustments=adjustments,
        entries=entries,
    )
