"""Assemble a bot from its settings: database, strategy, exchange, books and the cycle that uses them."""

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
from appliance.bot.recovery.database_choice import (
    check_other_databases,
    log_contents,
    note_database,
    open_database,
)
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
    on_step: Callable[[Step], None] = lambda _: None,
) -> Bot:
    """Return a bot that is ready to run, with the trades that its database holds.

    It trades on `gateway`, which must be open and is closed by the bot; default: the configured exchange. By
    default the `clock` follows the exchange's time, so a change of the machine's clock does not affect it.
    `learn` is called with the settings that a reload reads, `on_step` with each step of the start. Raises
    `ApplianceError` for whatever the user must fix; everything opened until then is closed. While trades are
    open, a failure of a part that is not needed to protect them does not end the start: it is reported, and
    there are no entries.
    """
    store: Store | None = None
    missing = MissingParts(await asyncio.to_thread(count_open_trades, loaded.db_url))
    try:
        on_step(Step.STRATEGY)
        found = await _strategy(loaded, missing)
        on_step(Step.DATABASE)
        warnings = await check_other_databases(loaded)
        store = await open_database(loaded)
        on_step(Step.EXCHANGE)
        if gateway is None:
            gateway = await _gateway(found, missing)
        await asyncio.to_thread(lineage, gateway.name)  # reads files; pair lists need it later
        with missing.starting_without("what the exchange lacks"):
            check_against_exchange(found, gateway)
        shared = shared_of(found, store, gateway, clock(gateway))
        for line in warnings:
            shared.events.warn(line)
        shared.notices.findings.extend(warnings)
        return await _assembled(shared, found, learn, missing, on_step)
    except BaseException:  # on shutdown, too: connections and the database must not stay open
        if gateway is not None:
            await gateway.close()
        if store is not None:
            await store.close()
        raise


async def _strategy(loaded: LoadedSettings, missing: MissingParts) -> LoadedStrategy:
    """Load the configured strategy; if that fails while trades are open, the stand-in that protects them."""
    before = dict(loaded.raw)
    with missing.starting_without("the strategy"):
        return await asyncio.to_thread(load_with_settings, loaded)
    loaded.raw.clear()  # the strategy may have written into it
    loaded.raw.update(before)
    return await asyncio.to_thread(load_stand_in, loaded)


async def _gateway(found: LoadedStrategy, missing: MissingParts) -> Gateway:
    """Open the exchange; while trades are open, even if it lacks what the strategy's orders need."""
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


async def _assembled(
    shared: Shared,
    found: LoadedStrategy,
    learn: Learn,
    missing: MissingParts,
    on_step: Callable[[Step], None],
) -> Bot:
    loaded = found.loaded
    shared.audit.learn(loaded.raw)
    await note_database(loaded)
    try:
        on_step(Step.BOOKS)
        cycle = cycle_of(shared, loaded, missing)
        shared.books.order_mark = await shared.books.store.order_mark(new_mark())
        await _load_books(shared)
        check_run_mode(shared.books.trades, dry_run=shared.setup.settings.dry_run)
        await sync_precision(shared.books, shared.markets.gateway, shared.mutexes, shared.isolation)
        on_step(Step.BEGINNING)
        with missing.starting_without("what the strategy does at its beginning"):
            await wire(shared, cycle, loaded)
        if not found.is_stand_in:
            await follow_stoploss(shared)
        on_step(Step.PAIRS)
        await _first_whitelist(shared, cycle, missing)
        on_step(Step.COMPARING)
        if shared.setup.run_mode is RunMode.LIVE:
            await _begin_live(shared, cycle, is_named=loaded.database.is_explicit)
            passing("reconcile.done")
        else:
            await reconciliation_of(shared, cycle).in_dry_run()
        first_started_at = await shared.books.store.first_start(shared.clock.now())
        await _note_start(shared, found)
        missing.put_notice(shared.notices)
    except BaseException:  # whatever ended the start: otherwise the strategy's thread outlives it
        shared.thread.close()
        raise
    await cycle.data.producers.adopt(shared.setup.settings.external_message_consumer)
    reloader = Reloader(shared, cycle, found, learn)
    return Bot(shared, cycle, reloader, controls_of(shared, cycle), first_started_at=first_started_at)


async def _note_start(shared: Shared, found: LoadedStrategy) -> None:
    """Verify the audit log, and record in it what starts to trade."""
    evidence = await shared.books.store.audit.evidence()
    wrong = evidence.reason if evidence.state is AnchorState.CONTRADICTED else None
    money = "simulated money" if shared.setup.settings.dry_run else "real money"
    started = f"version {__version__}, {money} on {shared.markets.gateway.name}, {found.in_words}"
    line = await shared.audit.note(
        PROGRAM, "started" + (f"; audit log verification failed: {wrong}" if wrong else ""), after=started
    )
    log.info("The audit log ends with %d:%s", line.number, line.chained)


async def _first_whitelist(shared: Shared, cycle: Cycle, missing: MissingParts) -> None:
    """Run the pair lists for the first time; if the exchange does not answer, each cycle tries again."""
    try:
        with missing.starting_without("a whitelist"):
            await cycle.refresh_whitelist()
    except ExchangeError as error:
        shared.events.warn(f"No whitelist yet, no entries: {error}")


async def _begin_live(shared: Shared, cycle: Cycle, *, is_named: bool) -> None:
    """Reconcile books and exchange; findings are stored for clients that are not connected yet."""
    stop = shared.events.subscribe(
        lambda message: shared.notices.findings.append(str(message.fields.get("status", "")))
    )
    try:
        currency, name = shared.setup.settings.stake_currency, shared.markets.gateway.name
        shared.events.warn(
            f"LIVE TRADING with real money: orders go to your account on {name}, in {currency}"
        )
        reconciliation = reconciliation_of(shared, cycle)
        await reconciliation.at_start(cycle.whitelist)
        reconciliation.others.report(is_named=is_named)
    finally:
        stop()


async def _load_books(shared: Shared) -> None:
    """Load open and closed trades and locks; hand open orders back to the dry-run exchange."""
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
        # freqtrade stores the exchange's name of a stop order's type, which may be "limit" as well.
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
