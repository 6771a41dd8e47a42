"""Read what a bot recorded of its past: trades, orders, locks, commands, balances."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from appliance.domain.errors import DataError
from appliance.research.replay.absence import Absence, absences
from appliance.research.replay.orders import filled_orders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.domain.audit import AuditRecord
    from appliance.domain.journal import JournalEntry
    from appliance.domain.lock import PairLock
    from appliance.domain.trade import Trade
    from appliance.storage.store import Store
    from appliance.storage.tables.wallet_history import WalletRecord

_EVER = datetime.fromtimestamp(0, UTC)
_MOST_ORDERS = 100_000


@dataclass(frozen=True, kw_only=True)
class Past:
    """Hold what a bot recorded, trades and orders in the order in which they began.

    A trade whose entry has not filled is only an order here.
    `first` and `last` are the oldest and the newest date of all that (UTC).
    """

    trades: "Sequence[Trade]"
    orders: "Sequence[JournalEntry]" = ()
    locks: "Sequence[PairLock]" = ()
    audit: "Sequence[AuditRecord]" = ()
    wallet: "Sequence[WalletRecord]" = ()
    first: datetime
    last: datetime

    @property
    def absences(self) -> list[Absence]:
        """When the bot did not run, or entered nothing."""
        signs = [line.at for line in self.audit] + [order.updated_at for order in self.orders]
        signs += [trade.close_date or trade.open_date for trade in self.trades]
        return absences(self.audit, signs, self.last)


async def read_past(store: "Store") -> Past:
    """Read all of it from a database. Raises `DataError` where the bot has never run, `StorageError`."""
    closed = await store.trades([trade.id for trade in await store.closed_trades()])
    known = sorted([*closed, *await store.open_trades()], key=lambda trade: (trade.open_date, trade.id))
    trades = [trade for trade in known if trade.amount > 0 or filled_orders(trade, entries=True)]
    page = await store.journal.page(limit=_MOST_ORDERS)
    lines = [line.record for line in await store.audit.lines(_MOST_ORDERS, 0)]
    wallet = await store.wallet_history(_EVER)
    moments = [trade.open_date for trade in trades]
    moments += [trade.close_date for trade in trades if trade.close_date]
    moments += [line.at for line in lines if line.origin != "command line"]
    moments += [entry.updated_at for entry in page.entries]
    if not moments:
        raise DataError(f"{store.name} holds no trade and no start of a bot: there is nothing to compare")
    return Past(
        trades=trades,
        orders=page.entries[::-1],
        locks=await store.locks(_EVER),
        audit=lines,
        wallet=wallet,
        first=min(moments),
        last=max(moments),
    )
