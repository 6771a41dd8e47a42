"""State what a client, the strategy or the bot wants done with a trade; a request is passed on whole."""

import msgspec

from appliance.domain.enums import ExitType, OrderKind, TradeDirection
from appliance.rules.exits import ExitReason

FORCED_ENTRY_TAG = "force_entry"
FORCED_EXIT = ExitReason(ExitType.FORCE_EXIT, ExitType.FORCE_EXIT.value)


class EntryRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Request an entry. Where price, stake, order type or leverage are None, the bot decides them.

    `price` in quote currency, `stake` in stake currency before leverage.
    """

    pair: str
    side: TradeDirection = "long"
    price: float | None = None
    stake: float | None = None
    order_type: OrderKind | None = None
    leverage: float | None = None
    tag: str | None = None

    @property
    def is_short(self) -> bool:
        return self.side == "short"


class ExitRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Request the exit of a trade, a forced one unless a `reason` is given.

    `trade_id` is the number of an open trade, or "all". `amount` in base currency, None for all of it.
    `price` in quote currency; the strategy is not asked for another. Where price or order type are None, the
    bot decides them.
    """

    trade_id: str
    reason: ExitReason = FORCED_EXIT
    amount: float | None = None
    price: float | None = None
    order_type: OrderKind | None = None
