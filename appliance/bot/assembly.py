"""Put a bot together from its settings: database, strategy, exchange, books, and the cycle that uses them."""

import asyncio
import functools
import logging
import time
from collections.abc import Callable
from datetime import datetime

from appliance import __version__
from appliance.bot.bot import Bot
from appliance.bot.cycle import Cycle
from appliance.bot.degraded_start import MissingParts
from appliance.bot.exchange_needs import check_against_exchange, needs_of
from appliance.bot.orders.events import warn
from appliance.bot.orders.fault_points import passing
from appliance.bot.orders.placing import Orders
from appliance.bot.recovery.adoption import Adoption
from appliance.bot.recovery.database_choice import look_around, opened, remember, tell_what_it_holds
from appliance.bot.recovery.disconnect_policy import DisconnectPolicy
from appliance.bot.recovery.holdings import Holdings
from appliance.bot.recovery.precision_sync import sync_precision
from appliance.bot.recovery.rechecks import Rechecks
from appliance.bot.recovery.reconciliation import Reconciliation
from appliance.bot.recovery.run_mode_check import check_run_mode
from appliance.bot.reload import (
    Learn,
    LoadedStrategy,
    Reloader,
    follow_stoploss,
    load_stand_in,
    load_with_settings,
    wire,
)
from appliance.bot.startup import Step
from appliance.bot.state.audit import PROGRAM
from appliance.bot.state.book import LockBook, TradeBook
from appliance.bot.state.context import Trading
from appliance.bot.state.dry_run_account import PlayMoney
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.exchange_account import ExchangeAccount
from appliance.bot.state.prices import Rates
from appliance.bot.state.strategy_thread import StrategyThread
from appliance.bot.state.wallets import Purse, Wallets
from appliance.bot.strategy_host.analyst import Analyst
from appliance.bot.strategy_host.callbacks import StrategyCalls
from appliance.bot.strategy_host.ports import DataAnswers, LoopCalls
from appliance.bot.trading.entries import Entries
from appliance.bot.trading.exits import Exits
from appliance.bot.trading.open_orders import OpenOrders
from appliance.bot.trading.position_adjustment import Adjustments
from appliance.bot.trading.stop_watcher import StopWatcher
from appliance.bot.trading.stoploss_on_exchange import ExchangeStops
from appliance.bot.whitelist import Pairs, chain_of, without_pairs
from appliance.config.loading import LoadedSettings
from appliance.domain.audit import AnchorState
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError, ExchangeError, KeyRefused
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import STOP, Order
from appliance.domain.timeframe import to_date, to_ms
from appliance.domain.trade import Trade
from appliance.exchange import matching
from appliance.exchange.candles import CandleCache
from appliance.exchange.ccxt.client_ids import new_mark
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.factory import open_gateway
from appliance.exchange.families import lineage
from appliance.exchange.gateway import Gateway
from appliance.pairlists.chain import Chain
from appliance.storage.inspection import count_open_trades
from appliance.storage.store import Store

log = logging.getLogger(__name__)


async def assemble(
    loaded: LoadedSettings,
    *,
    gateway: Gateway | None = None,
    now: Callable[[], datetime] | None = None,
    ticks: Callable[[], float] = time.monotonic,
    learn: Learn = lambda _: None,
    begins: Callable[[Step], None] = lambda _: None,
) -> Bot:
    """Return a bot that is ready to run, with the trades that its database holds.

    It trades on `gateway`, which is open and becomes the bot's own; default: the configured exchange.
    `now` is the time of day (UTC); default: the exchange's, which the machine's clock cannot make jump.
    `learn` hears of settings that a reload reads, `begins` of each step of the start.
    Raises `ApplianceError` for whatever the user must mend; what was opened is closed again. Where trades are
    open, what is not needed to protect them ends no start: nothing is entered then, and it is told.
    """
    store: Store | None = None
    lacking = MissingParts(await asyncio.to_thread(count_open_trades, loaded.db_url))
    try:
        begins(Step.STRATEGY)
        found = await _strategy(loaded, lacking)
        begins(Step.DATABASE)
        noticed = await look_around(loaded)
        store = await opened(loaded)
        begins(Step.EXCHANGE)
        if gateway is None:
            gateway = await _gateway(found, lacking)
        await asyncio.to_thread(lineage, gateway.name)  # it reads files, and pair lists ask for it
        with lacking.starting_without("what the exchange lacks"):
            check_against_exchange(found, gateway)
        trading = _trading(found, store, gateway, now or functools.partial(_told_by, gateway), ticks)
        for line in noticed:
            warn(trading, line)
        trading.findings.extend(noticed)
        return await _put_together(trading, found, learn, lacking, begins)
    except BaseException:  # the end of the program, too, must not leave connections and the database open
        if gateway is not None:
            await gateway.close()
        if store is not None:
            await store.close()
        raise


async def _strategy(loaded: LoadedSettings, lacking: MissingParts) -> LoadedStrategy:
    """Load the configured strategy; where it cannot be and trades are open, what protects them without it."""
    before = dict(loaded.raw)
    with lacking.starting_without("the strategy"):
        return await asyncio.to_thread(load_with_settings, loaded)
    loaded.raw.clear()  # of what the strategy has written into it
    loaded.raw.update(before)
    return await asyncio.to_thread(load_stand_in, loaded)


async def _gateway(found: LoadedStrategy, lacking: MissingParts) -> Gateway:
    """Open the exchange; where it lacks what the strategy's orders need and trades are open, all the same."""
    settings = found.loaded.settings
    opened = functools.partial(
        open_gateway,
        settings.exchange,
        dry_run=settings.dry_run,
        fee=settings.fee,
        mode=settings.trading_mode,
    )
    try:
        return await opened(needs=needs_of(found.resolved))
    except KeyRefused:
        raise
    except ConfigurationError as error:
        if not lacking.open_trades:
            raise
        gateway = await opened()
        lacking.errors.append(f"what the exchange lacks: {error}")
        return gateway


def _told_by(gateway: Gateway) -> datetime:
    return to_date(gateway.now_ms())


def _trading(
    found: LoadedStrategy,
    store: Store,
    gateway: Gateway,
    now: Callable[[], datetime],
    ticks: Callable[[], float],
) -> Trading:
    settings = found.loaded.settings
    book = TradeBook(ticks)
    purse: Purse = PlayMoney(settings, book)
    if not settings.dry_run:
        purse = ExchangeAccount(gateway, book, settings.stake_currency, ticks)
    return Trading(
        settings=settings,
        strategy=found.strategy,
        resolved=found.resolved,
        gateway=gateway,
        store=store,
        book=book,
        locks=LockBook(),
        wallets=Wallets(settings, book, purse),
        rates=Rates(gateway, settings, book, ticks),
        announcer=EventBus(),
        thread=StrategyThread(),
        run_mode=RunMode.DRY_RUN if settings.dry_run else RunMode.LIVE,
        now=now,
        ticks=ticks,
    )


async def _put_together(
    trading: Trading,
    found: LoadedStrategy,
    learn: Learn,
    lacking: MissingParts,
    begins: Callable[[Step], None],
) -> Bot:
    loaded = found.loaded
    trading.audit.learn(loaded.raw)
    await remember(loaded)
    try:
        begins(Step.BOOKS)
        cycle = _cycle(trading, loaded, lacking)
        trading.order_mark = await trading.store.order_mark(new_mark())
        await _load_books(trading)
        check_run_mode(trading)
        await sync_precision(trading)
        begins(Step.BEGINNING)
        with lacking.starting_without("what the strategy does at its beginning"):
            await wire(trading, cycle, loaded)
        if not found.stands_in:
            await follow_stoploss(trading)
        begins(Step.PAIRS)
        await _first_whitelist(trading, cycle, lacking)
        begins(Step.COMPARING)
        if trading.run_mode is RunMode.LIVE:
            await _begin_live(trading, cycle, told=loaded.database.told)
            passing("reconcile.done")
        else:
            await _reconciliation(trading, cycle).in_dry_run()
        first_started_at = await trading.store.first_start(trading.now())
        await _note_start(trading, found)
        lacking.tell(trading.notices)
    except BaseException:  # whatever ended the start: the strategy's thread would outlive it
        trading.thread.close()
        raise
    await cycle.data.producers.adopt(trading.settings.external_message_consumer)
    reloader = Reloader(trading, cycle, found, learn)
    return Bot(trading, cycle, reloader, first_started_at=first_started_at)


async def _note_start(trading: Trading, found: LoadedStrategy) -> None:
    """Say whether the audit log is what it was, and write down what starts to trade."""
    evidence = await trading.store.audit.evidence()
    wrong = evidence.reason if evidence.state is AnchorState.CONTRADICTED else None
    money = "play money" if trading.settings.dry_run else "real money"
    told = f"version {__version__}, {money} on {trading.gateway.name}, {found.in_words}"
    line = await trading.audit.note(
        PROGRAM, "started" + (f"; the audit log is not what it was: {wrong}" if wrong else ""), after=told
    )
    log.info("The audit log ends with %d:%s", line.number, line.chained)


async def _first_whitelist(trading: Trading, cycle: Cycle, lacking: MissingParts) -> None:
    """Have the pair lists gone along for the first time; what cannot be asked now is asked in each cycle."""
    try:
        with lacking.starting_without("a whitelist"):
            await cycle.refresh_whitelist()
    except ExchangeError as error:
        warn(trading, f"There is no whitelist yet, nothing is entered: {error}")


def _pairs(trading: Trading, loaded: LoadedSettings, data: DataAnswers, lacking: MissingParts) -> Pairs:
    chain: Chain | None = None
    with lacking.starting_without("the pair lists"):
        chain = chain_of(loaded, trading.resolved, trading, data)
    if chain is None:
        chain = chain_of(without_pairs(loaded), trading.resolved, trading, data)
    return Pairs(trading, chain)


def _cycle(trading: Trading, loaded: LoadedSettings, lacking: MissingParts) -> Cycle:
    calls = StrategyCalls(trading)
    orders = Orders(trading, calls)
    analyst = Analyst(trading, CandleCache(trading.gateway))
    data = DataAnswers(trading, analyst, LoopCalls(asyncio.get_running_loop()))
    exits = Exits(trading, calls, orders, analyst)
    adoption = Adoption(trading, orders)
    stops = ExchangeStops(trading, orders, exits)
    return Cycle(
        trading,
        pairs=_pairs(trading, loaded, data, lacking),
        analyst=analyst,
        calls=calls,
        orders=orders,
        open_orders=OpenOrders(trading, calls, orders, exits, analyst),
        stops=stops,
        stop_watcher=StopWatcher(trading, exits, stops),
        exits=exits,
        adjustments=Adjustments(trading, calls, orders, exits),
        entries=Entries(trading, calls, orders, analyst),
        data=data,
        contact=DisconnectPolicy(trading, orders),
        rechecks=Rechecks(trading, adoption),
        holdings=Holdings(trading, orders, adoption),
    )


async def _begin_live(trading: Trading, cycle: Cycle, *, told: bool) -> None:
    """Compare books and exchange; what is found is kept for those who do not listen yet."""
    stop = trading.announcer.subscribe(
        lambda message: trading.findings.append(str(message.fields.get("status", "")))
    )
    try:
        currency, name = trading.settings.stake_currency, trading.gateway.name
        warn(trading, f"LIVE TRADING with real money: orders go to your account of {name}, in {currency}")
        reconciliation = _reconciliation(trading, cycle)
        await reconciliation.at_start(cycle.whitelist)
        reconciliation.others.tell(told=told)
    finally:
        stop()


def _reconciliation(trading: Trading, cycle: Cycle) -> Reconciliation:
    return Reconciliation(trading, cycle.orders, cycle.rechecks.adoption, cycle.holdings)


async def _load_books(trading: Trading) -> None:
    """Take over open and closed trades and locks; hand open orders back to the dry-run exchange."""
    open_trades = await trading.store.open_trades()
    trading.book.load(open_trades, await trading.store.closed_trades())
    trading.locks.locks = list(await trading.store.locks(trading.now()))
    if isinstance(trading.gateway, DryRunGateway):
        for trade in open_trades:
            for order in trade.all_open_orders:
                if order.status == "open":
                    trading.gateway.restore(_as_exchange_sees(trade, order))
    await tell_what_it_holds(trading)


def _as_exchange_sees(trade: Trade, order: Order) -> ExchangeOrder:
    kind = order.order_type or "limit"
    if order.ft_order_side == STOP:
        # freqtrade keeps stop orders under the type's name at the exchange, and that may be "limit" as well.
        kind = matching.STOP_LIMIT if "limit" in kind.lower() else matching.STOP_MARKET
    return ExchangeOrder(
        id=order.order_id,
        pair=order.ft_pair,
        side=trade.exit_side if order.ft_order_side == STOP else order.ft_order_side,
        type=kind,
        status="open",
        amount=order.safe_amount,
        filled=order.safe_filled,
        price=order.price or order.ft_price,
        average=order.average,
        stop_price=order.stop_price,
        cost=order.safe_cost,
        client_order_id=order.client_order_id,
        timestamp=to_ms(order.order_date),
    )
