"""Make trades of both sides, and a scene around them, minute by minute."""

from datetime import UTC, datetime, timedelta
from typing import Any

from appliance.domain.audit import AuditRecord
from appliance.domain.journal import JournalEntry
from appliance.domain.lock import PairLock
from appliance.domain.order_state import OrderState
from appliance.domain.trade import Trade
from appliance.research.replay.absence import absences
from appliance.research.replay.past import Past
from appliance.research.replay.scene import Candle, Scene
from tests.support.trades import fill, new_trade

BEGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)
LAST = BEGIN + timedelta(hours=2)
BTC, ETH, SOL = "BTC/USDT", "ETH/USDT", "SOL/USDT"
numbers = iter(range(1, 1_000_000))


def at(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def trade(
    opened: float = 10,
    closed: float | None = 30,
    *,
    pair: str = BTC,
    rate: float = 100.0,
    exit_rate: float = 101.0,
    reason: str = "exit_signal",
    order: dict[str, Any] | None = None,
    exit_order: dict[str, Any] | None = None,
    **fields: Any,
) -> Trade:
    """Return a trade that was opened and closed in these minutes; open still with `closed=None`."""
    made = new_trade(
        pair=pair, rate=rate, open_date=at(opened), id=next(numbers), base_currency=pair[:3], **fields
    )
    dates = {"order_date": at(opened), "order_filled_date": at(opened), "order_type": "limit"}
    fill(made, "entry", 1.0, rate, **{**dates, **(order or {})})
    made.amount_requested = 1.0
    if closed is not None:
        dates = {"order_date": at(closed), "order_filled_date": at(closed), "order_type": "limit"}
        fill(made, "exit", 1.0, exit_rate, **{**dates, **(exit_order or {})})
        made.is_open, made.close_date, made.close_rate, made.exit_reason = (
            False,
            at(closed),
            exit_rate,
            reason,
        )
        made.close_profit_abs = made.close_profit_abs or (exit_rate - rate)
    return made


def cut_off(opened: float = 10, **fields: Any) -> Trade:
    """Return a trade of a backtest that ended with the candles."""
    return trade(opened, 120, reason="force_exit", **fields)


class Told:
    """Evidence as the test states it."""

    def __init__(self, *, tested: bool | None = True, live: bool | None = True, **candle: float) -> None:
        self.tested, self.live = tested, live
        self.prices = Candle(**{"open": 100.0, "high": 103.0, "low": 97.0, "close": 100.0, **candle})

    def candle(self, pair: str, moment: datetime) -> Candle:
        return self.prices

    def tested_signal(
        self, pair: str, acting: datetime, direction: str, *, exits: bool = False
    ) -> bool | None:
        return self.tested

    def live_signal(self, pair: str, acting: datetime, direction: str, *, exits: bool = False) -> bool | None:
        return self.live

    def least_stake(self, pair: str) -> float | None:
        return 5.0


def line(
    minute: float, what: str, *, before: str | None = None, after: str | None = None, **more: str
) -> AuditRecord:
    given = {"who": "trader", "origin": "REST 127.0.0.1", **more}
    return AuditRecord(at=at(minute), what=what, before=before, after=after, **given)


def lock(begin: float, end: float, pair: str = BTC, reason: str = "by hand") -> PairLock:
    return PairLock(id=1, pair=pair, lock_time=at(begin), lock_end_time=at(end), reason=reason)


def unfilled(
    minute: float, *, pair: str = BTC, side: str = "buy", note: str = "not filled in time"
) -> JournalEntry:
    return JournalEntry(
        client_order_id="appl1",
        trade_id=99,
        pair=pair,
        side=side,
        order_type="limit",
        amount=1.0,
        rate=99.0,
        state=OrderState.CANCELLED,
        note=note,
        created_at=at(minute),
        updated_at=at(minute + 3),
    )


def scene(live: list[Trade], tested: list[Trade], **changes: Any) -> Scene:
    """Return a scene of two hours; `changes` of the scene, or of the bot's past."""
    recorded = {name: changes.pop(name) for name in ("orders", "locks", "audit") if name in changes}
    past = Past(trades=live, first=BEGIN, last=LAST, **recorded)
    given = {
        "tested_locks": [],
        "rejected": [],
        "timeframe": "5m",
        "first": BEGIN,
        "last": LAST,
        "max_open_trades": 3,
        "start_balance": 1000.0,
        "tradable": 0.99,
        "pairs": [BTC, ETH, SOL],
        "evidence": Told(),
        "absences": absences(past.audit, [], LAST),
        **changes,
    }
    return Scene(past=past, tested=tested, **given)
