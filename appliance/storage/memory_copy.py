"""Write a new database from a running bot's memory, where its own can no longer be read."""

import asyncio
from copy import copy
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.errors import StorageError
from appliance.domain.journal import JournalEntry
from appliance.domain.lock import PairLock
from appliance.domain.order_state import OrderState
from appliance.domain.trade import Trade
from appliance.storage.safe_copy import discard
from appliance.storage.store import Store

_TOGETHER = 100
"""How many closed trades are read at a time: a damaged page costs these their orders."""


class Memory(msgspec.Struct, frozen=True):
    """Hold a bot's memory: open trades, summaries of closed ones, locks, lines of in-flight orders."""

    mark: str
    open: list[Trade]
    closed: list[ClosedTrade]
    locks: list[PairLock]
    lines: list[JournalEntry]


async def write_memory(old: Store, file: Path, memory: Memory) -> Store:
    """Create a database at `file` and write everything into it; closed trades whole where `old` has them.

    Raises StorageError; then the file is removed.
    """
    store: Store | None = None
    try:
        store = await Store.open(f"sqlite:///{file}")
        await store.order_mark(memory.mark)
        await store.first_start(datetime.now(UTC))
        for trade in memory.open:
            await store.save(_whole(trade))
        for place in range(0, len(memory.closed), _TOGETHER):
            for trade in await _closed(old, memory.closed[place : place + _TOGETHER]):
                await store.save(_whole(trade))
        for lock in memory.locks:
            await store.save_lock(copy(lock))
        for line in {line.client_order_id: line for line in [*await _journal(old), *memory.lines]}.values():
            await store.journal.put(line)
    except BaseException:
        if store is not None:
            await store.close()
        await asyncio.to_thread(discard, file)
        raise
    return store


async def _closed(old: Store, summaries: list[ClosedTrade]) -> list[Trade]:
    """Return closed trades from the damaged database; those it has lost are made from their summaries."""
    try:
        found = {trade.id: trade for trade in await old.trades([summary.id for summary in summaries])}
    except (StorageError, ValueError, TypeError):  # a damaged page may yield anything
        found = {}
    return [_agreeing(found.get(summary.id), summary) for summary in summaries]


def _agreeing(trade: Trade | None, summary: ClosedTrade) -> Trade:
    if trade and (trade.pair, trade.open_date, trade.is_open) == (summary.pair, summary.open_date, False):
        return trade
    return _from_summary(summary)


async def _journal(old: Store) -> list[JournalEntry]:
    try:
        return await old.journal.in_states(*OrderState)
    except (StorageError, ValueError, TypeError, LookupError):
        return []


def _whole(trade: Trade) -> Trade:
    """Return a copy that is saved with all of its custom data; ids stay."""
    whole = copy(trade)
    whole.orders = [copy(order) for order in trade.orders]
    whole.changed_custom_data = set(trade.custom_data)
    return whole


def _from_summary(summary: ClosedTrade) -> Trade:
    """Return a closed trade without its orders; rates and amounts are lost."""
    base, _, quote = summary.pair.partition("/")
    return Trade(
        id=summary.id,
        exchange="",
        pair=summary.pair,
        base_currency=base,
        stake_currency=quote.partition(":")[0],
        is_open=False,
        fee_open=0.0,
        fee_close=0.0,
        open_rate=0.0,
        open_trade_value=summary.open_trade_value,
        realized_profit=summary.realized_profit,
        close_profit=summary.close_profit,
        close_profit_abs=summary.close_profit_abs,
        stake_amount=summary.stake_amount,
        max_stake_amount=summary.max_stake_amount,
        amount=0.0,
        open_date=summary.open_date,
        close_date=summary.close_date,
        exit_reason=summary.exit_reason,
        strategy=summary.strategy,
        enter_tag=summary.enter_tag,
        leverage=summary.leverage,
        is_short=summary.is_short,
    )
