"""Wire the cycle."""

import asyncio
from typing import TYPE_CHECKING

from appliance.bot.balance_history import BalanceHistory
from appliance.bot.cycle import Cycle
from appliance.bot.degraded_start import MissingParts
from appliance.bot.fiat import FiatRate
from appliance.bot.orders.events import OrderEvents
from appliance.bot.recovery.adoption import Adoption
from appliance.bot.recovery.database_watch import DatabaseWatch
from appliance.bot.recovery.disconnect_policy import DisconnectPolicy
from appliance.bot.recovery.holdings import Holdings
from appliance.bot.recovery.rechecks import Rechecks
from appliance.bot.state.context import Shared
from appliance.bot.state.price_refresh import PresentPrices
from appliance.bot.strategy_host.analyst import Analyst
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.bot.strategy_host.mark_and_funding_candles import OtherCandles
from appliance.bot.strategy_host.ports import DataAnswers, LoopCalls
from appliance.bot.whitelist import Pairs, chain_of, pairs_of, without_pairs
from appliance.bot.wiring.orders import orders_of
from appliance.bot.wiring.trading import trading_of
from appliance.config.loading import LoadedSettings
from appliance.exchange.candles import CandleCache

if TYPE_CHECKING:
    from appliance.pairlists.chain import Chain


def cycle_of(shared: Shared, loaded: LoadedSettings, missing: MissingParts) -> Cycle:
    """Return the cycle with all its parts."""
    calls = StrategyCalls(
        setup=shared.setup,
        clock=shared.clock,
        thread=shared.thread,
    )
    order_events = OrderEvents(
        setup=shared.setup,
        clock=shared.clock,
        prices=shared.prices,
        bus=shared.events,
        decisions=shared.decisions,
    )
    orders = orders_of(shared, calls, order_events)
    analyst = Analyst(
        setup=shared.setup,
        clock=shared.clock,
        gateway=shared.markets.gateway,
        thread=shared.thread,
        events=shared.events,
        candles=CandleCache(shared.markets.gateway),
        other_candles=OtherCandles(markets=shared.markets),
        decisions=shared.decisions,
    )
    data = DataAnswers(
        setup=shared.setup,
        clock=shared.clock,
        trades=shared.books.trades,
        markets=shared.markets,
        events=shared.events,
        analyst=analyst,
        calls=LoopCalls(asyncio.get_running_loop()),
    )
    trading = trading_of(shared, calls, orders, analyst)
    adoption = Adoption(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        markets=shared.markets,
        inflight=shared.inflight,
        events=shared.events,
        orders=orders,
    )
    return Cycle(
        setup=shared.setup,
        clock=shared.clock,
        books=shared.books,
        gateway=shared.markets.gateway,
        wallets=shared.wallets,
        mutexes=shared.mutexes,
        events=shared.events,
        isolation=shared.isolation,
        pairs=_pairs(shared, loaded, data, missing),
        analyst=analyst,
        calls=calls,
        orders=orders,
        open_orders=trading.open_orders,
        stops=trading.stops,
        exits=trading.exits,
        adjustments=trading.adjustments,
        entries=trading.entries,
        data=data,
        contact=DisconnectPolicy(
            setup=shared.setup,
            trades=shared.books.trades,
            gateway=shared.markets.gateway,
            mutexes=shared.mutexes,
            events=shared.events,
            notices=shared.notices,
            orders=orders,
        ),
        rechecks=Rechecks(
            clock=shared.clock,
            books=shared.books,
            gateway=shared.markets.gateway,
            inflight=shared.inflight,
            mutexes=shared.mutexes,
            adoption=adoption,
        ),
        holdings=Holdings(
            setup=shared.setup,
            clock=shared.clock,
            books=shared.books,
            gateway=shared.markets.gateway,
            prices=shared.prices,
            wallets=shared.wallets,
            inflight=shared.inflight,
            mutexes=shared.mutexes,
            events=shared.events,
            isolation=shared.isolation,
            orders=orders,
            adoption=adoption,
        ),
        stop_watcher=trading.stop_watcher,
        decisions=shared.decisions,
        database_watch=DatabaseWatch(
            books=shared.books,
            inflight=shared.inflight,
            events=shared.events,
            audit=shared.audit,
        ),
        balance_history=BalanceHistory(
            setup=shared.setup,
            clock=shared.clock,
            books=shared.books,
            gateway=shared.markets.gateway,
            wallets=shared.wallets,
        ),
        fiat=FiatRate(
            setup=shared.setup,
            clock=shared.clock,
            gateway=shared.markets.gateway,
        ),
        prices=PresentPrices(
            setup=shared.setup,
            clock=shared.clock,
            trades=shared.books.trades,
            gateway=shared.markets.gateway,
            prices=shared.prices,
            wallets=shared.wallets,
        ),
    )


def _pairs(shared: Shared, loaded: LoadedSettings, data: DataAnswers, missing: MissingParts) -> Pairs:
    chain: Chain | None = None
    with missing.starting_without("the pair lists"):
        chain = chain_of(loaded, shared.setup.resolved, shared, data)
    if chain is None:
        chain = chain_of(without_pairs(loaded), shared.setup.resolved, shared, data)
    return pairs_of(shared, chain)
