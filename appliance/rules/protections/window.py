"""Define what protections share: the lookback window and the end of a lock."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from appliance.config.documented import doc
from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.domain.enums import LockSide, TradeDirection

_MINUTES = 60

Trades = Sequence[ClosedTrade]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """State the time and the subject of a decision.

    `now` UTC; `pair` and `side` ("long" or "short") are those of the trade that has just closed;
    `candle_minutes` is the length of the strategy's candles; `starting_balance` in stake currency.
    """

    now: datetime
    pair: str
    side: TradeDirection
    candle_minutes: int
    starting_balance: float = 0.0


class LockWish(msgspec.Struct, frozen=True):
    """Request a lock until a time (UTC) on a side ("long", "short", "*": both)."""

    until: datetime
    reason: str
    side: LockSide = "*"


class Protection(msgspec.Struct, frozen=True, kw_only=True):
    """Check the trades of the lookback window, and request locks of a pair or of all pairs.

    Durations are whole minutes, or candles of the strategy's time frame.
    """

    stop_duration: Annotated[float, doc("Length of a lock in minutes; default 60.", ge=0)] | None = None
    stop_duration_candles: (
        Annotated[float, doc("Length of a lock in candles, instead of minutes.", ge=0)] | None
    ) = None
    unlock_at: (
        Annotated[
            str,
            doc(
                "Time of day (UTC) at which a lock ends, instead of a length.",
                pattern=r"^([01]?[0-9]|2[0-3]):[0-5]?[0-9]$",
                examples=["16:30"],
            ),
        ]
        | None
    ) = None
    lookback_period: Annotated[float, doc("Lookback window in minutes; default 60.", ge=0)] | None = None
    lookback_period_candles: (
        Annotated[float, doc("Lookback window in candles, instead of minutes.", ge=0)] | None
    ) = None

    @property
    def name(self) -> str:
        return type(self).__name__

    def of_pair(self, trades: Trades, moment: Moment) -> LockWish | None:
        """Return the lock of the pair of the trade that has just closed (which is in `trades`), if any."""
        return None

    def of_all(self, trades: Trades, moment: Moment) -> LockWish | None:
        """Return the lock of all pairs, if any."""
        return None

    def summary(self) -> str:
        """Return one line that describes the protection with its settings."""
        return self.name

    def looks_back_to(self, moment: Moment) -> datetime:
        return moment.now - timedelta(minutes=self.lookback_minutes(moment))

    def recent(self, trades: Trades, moment: Moment, *, pair: str | None = None) -> list[ClosedTrade]:
        """Return the trades (of `pair`, or of all) that closed within the lookback window."""
        return ClosedTrades.of(trades).closed_after(self.looks_back_to(moment), pair)

    def lookback_minutes(self, moment: Moment) -> int:
        if self.lookback_period_candles is not None:
            return int(self.lookback_period_candles) * moment.candle_minutes
        return _whole(self.lookback_period)

    def lock_end(self, trades: Iterable[ClosedTrade], moment: Moment) -> datetime:
        """Return the end of a lock, counted from the last close among `trades`."""
        last = max(trade.close_date for trade in trades)
        if self.unlock_at is not None:
            hour, minute = (int(part) for part in self.unlock_at.split(":"))
            at = last.replace(hour=hour, minute=minute)
            return at if at >= last else at + timedelta(days=1)
        if self.stop_duration_candles is not None:
            minutes = int(self.stop_duration_candles) * moment.candle_minutes
        else:
            minutes = _whole(self.stop_duration)
        return last + timedelta(minutes=minutes)

    def lookback_in_words(self) -> str:
        return _in_words(self.lookback_period_candles, self.lookback_period)

    def lock_in_words(self) -> str:
        if self.unlock_at is not None:
            return f"until {self.unlock_at}"
        return f"for {_in_words(self.stop_duration_candles, self.stop_duration)}"


def _whole(minutes: float | None) -> int:
    return _MINUTES if minutes is None else int(minutes)


def _in_words(candles: float | None, minutes: float | None) -> str:
    count, unit = (int(candles), "candle") if candles is not None else (_whole(minutes), "minute")
    return f"{count} {unit}{'' if count == 1 else 's'}"
