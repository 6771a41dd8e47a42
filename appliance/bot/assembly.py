"""Assemble a bot from its settings: database, strategy, exchange, books, and the cycle that uses them."""

import asyncio
import functools
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from appliance import __version__
from appliance.bot.bot import Bot
from appliance.bot.cycle import Cycle
from appliance.bot.degraded_start import MissingParts
from appliance.bot.exchange_needs import check_against_exchange, needs_of
from appliance.bot.orders.fault_points import passing
from appliance.bot.recovery.database_choice import log_contents, look_around, opened, remember
from appliance.bot.recovery.precision_sync import sync_precision
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
from appliance.bot.state.clock import Clock
from appliance.bot.state.context import Shared
from appliance.bot.wiring.commands import controls_of, reconciliation_of
from appliance.bot.wiring.cycle import cycle_of
from appliance.bot.wiring.shared import shared_of
from appliance.config.loading import LoadedSettings
from appliance.domain.audit import AnchorState
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError, ExchangeError, KeyRefused
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import STOP, Order
from appliance.domain.timeframe import to_date, to_ms
from appliance.domain.trade import Trade
from appliance.exchange import matching
from appliance.exchange.client_ids import new_mark
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.factory import open_gateway
from appliance.exchange.families import lineage
from appliance.exchange.gateway import Gateway
from appliance.storage.inspection import count_open_trades

if TYPE_CHECKING:
    from appliance.storage.store import Store

log = logging.getLogger(__name__)


def exchange_clock(gateway: Gateway, monotonic: Callable[[], float] = time.monotonic) -> Clock:
    """Return a clock with the exchange's time of day."""
    return Clock(lambda: to_date(gateway.now_ms()), monotonic)


async def assemble(
    loaded: LoadedSettings,
    *,
    gateway: Gateway | None = None,
    clock: Callable[[Gateway], Clock] = exchange_clock,
    learn: Learn = lambda _: None,
    begins: Callable[[Step], None] = lambda _: None,
) -> Bot:
    """Return a bot that is ready to run, with the trades that its database holds.

    It trades on `gateway`, which is open and becomes the bot's own; default: the configured exchange. Its
    `clock` has the exchange's time of day by default, which the machine's clock cannot make jump. `learn` is
    called with settings that a reload reads, `begins` with each step of the start. Raises `ApplianceError`
    for whatever the user must mend; what was opened is closed again. Where trades are open, trouble with what
    is not needed to protect them ends no start: it is reported, and nothing is entered.
    """
    store: Store | None = None
    missing = MissingParts(await asyncio.to_thread(count_open_trades, loaded.db_url))
    try:
        begins(Step.STRATEGY)
        found = await _strategy(loaded, missing)
        begins(Step.DATABASE)
        noticed = await look_around(loaded)
        store = await opened(loaded)
        begins(Step.EXCHANGE)
        if gateway is None:
            gateway = await _gateway(found, missing)
        await asyncio.to_thread(lineage, gateway.name)  # it reads files, and pair lists ask for it
        with missing.starting_without("what the exchange lacks"):
            check_against_exchange(found, gateway)
        shared = shared_of(found, store, gateway, clock(gateway))
        for line in noticed:
            shared.events.warn(line)
        shared.notices.findings.extend(noticed)
        return await _put_together(shared, found, learn, missing, begins)
    except BaseException:  # the end of the program, too, must not leave connections and the database open
        if gateway is not None:
            await gateway.close()
        if store is not None:
            await store.close()
        raise


async def _strategy(loaded: LoadedSettings, missing: MissingParts) -> LoadedStrategy:
    """Load the configured strategy; where it cannot be and trades are open, what protects them without it."""
    before = dict(loaded.raw)
    with missing.starting_without("the strategy"):
        return await asyncio.to_thread(load_with_settings, loaded)
    loaded.raw.clear()  # of what the strategy has written into it
    loaded.raw.update(before)
    return await asyncio.to_thread(load_stand_in, loaded)


async def _gateway(found: LoadedStrategy, missing: MissingParts) -> Gateway:
    """Open the exchange; where trades are open, even without what the strategy's orders need."""
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
        if not missing.open_trades:
            raise
        gateway = await opened()
        missing.errors.append(f"what the exchange lacks: {error}")
        return gateway


async def _put_together(
    shared: Shared,
    found: LoadedStrategy,
    learn: Learn,
    missing: MissingParts,
    begins: Callable[[Step], None],
) -> Bot:
    loaded = found.loaded
    shared.audit.learn(loaded.raw)
    await remember(loaded)
    try:
        begins(Step.BOOKS)
        cycle = cycle_of(shared, loaded, missing)
        shared.books.order_mark = await shared.books.store.order_mark(new_mark())
        await _load_books(shared)
        check_run_mode(shared.books.trades, dry_run=shared.setup.settings.dry_run)
        await sync_precision(shared.books, shared.markets.gateway, shared.mutexes, shared.isolation)
        begins(Step.BEGINNING)
        with missing.starting_without("what the strategy does at its beginning"):
            await wire(shared, cycle, loaded)
        if not found.stands_in:
            await follow_stoploss(shared)
        begins(Step.PAIRS)
        await _first_whitelist(shared, cycle, missing)
        begins(Step.COMPARING)
        if shared.setup.run_mode is RunMode.LIVE:
            await _begin_live(shared, cycle, is_named=loaded.database.is_explicit)
            passing("reconcile.done")
        else:
            await reconciliation_of(shared, cycle).in_dry_run()
        first_started_at = await shared.books.store.first_start(shared.clock.now())
        await _note_start(shared, found)
        missing.put_notice(shared.notices)
    except BaseException:  # whatever ended the start: the strategy's thread would outlive it
        shared.thread.close()
        raise
    await cycle.data.producers.adopt(shared.setup.settings.external_message_consumer)
    reloader = Reloader(shared, cycle, found, learn)
    return Bot(shared, cycle, reloader, controls_of(shared, cycle), first_started_at=first_started_at)


async def _note_start(shared: Shared, found: LoadedStrategy) -> None:
    """Verify the audit log, and write down what starts to trade."""
    evidence = await shared.books.store.audit.evidence()
    wrong = evidence.reason if evidence.state is AnchorState.CONTRADICTED else None
    money = "simulated money" if shared.setup.settings.dry_run else "real money"
    started = f"version {__version__}, {money} on {shared.markets.gateway.name}, {found.in_words}"
    line = await shared.audit.note(
        PROGRAM, "started" + (f"; audit log verification failed: {wrong}" if wrong else ""), after=started
    )
    log.info("The audit log ends with %d:%s", line.number, line.chained)


async def _first_whitelist(shared: Shared, cycle: Cycle, missing: MissingParts) -> None:
    """Run the pair lists for the first time; what is not available now is asked for in each cycle."""
    try:
        with missing.starting_without("a whitelist"):
            await cycle.refresh_whitelist()
    except ExchangeError as error:
        shared.events.warn(f"There is no whitelist yet, nothing is entered: {error}")


async def _begin_live(shared: Shared, cycle: Cycle, *, is_named: bool) -> None:
    """Compare books and exchange; findings are stored for clients that are not connected yet."""
    stop = shared.events.subscribe(
        lambda message: shared.notices.findings.append(str(message.fields.get("status", "")))
    )
    try:
        currency, name = shared.setup.settings.stake_currency, shared.markets.gateway.name
        shared.events.warn(
            f"LIVE TRADING with real money: orders go to your account of {name}, in {currency}"
        )
        reconciliation = reconciliation_of(shared, cycle)
        await reconciliation.at_start(cycle.whitelist)
        reconciliation.others.report(is_named=is_named)
    finally:
        stop()


async def _load_books(shared: Shared) -> None:
    """Take over open and closed trades and locks; hand open orders back to the dry-run exchange."""
    open_trades = await shared.books.store.open_trades()
    shared.books.trades.load(open_trades, await shared.books.store.closed_trades())
    shared.books.locks.locks = list(await shared.books.store.locks(shared.clock.now()))
    if isinstance(shared.markets.gateway, DryRunGateway):
        for trade in open_trades:
            for order in trade.all_open_orders:
                if order.status == "open":
                    shared.markets.gateway.restore(_as_exchange_sees(trade, order))
    await log_contents(shared.books, dry_run=shared.setup.settings.dry_run)


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
