"""Show what the strategy keeps beside trades."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from appliance.domain.errors import NotFound
from appliance.reports.views.json_values import plain

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

Key = Annotated[str | None, Meta(description="Only values of this name, whatever its case.")]


class OpenTradesQuery(Struct, frozen=True):
    key: Key = None
    limit: Annotated[int, Meta(ge=1, description="Most trades of the answer.")] = 100
    offset: Annotated[int, Meta(ge=0, description="How many trades to leave out first.")] = 0


class KeyQuery(Struct, frozen=True):
    key: Key = None


class TradeIdPath(Struct, frozen=True):
    trade_id: int


class CustomDataEntry(Struct, frozen=True, kw_only=True):
    """Show one value: `type` is the name of its Python type, dates are UTC."""

    key: str
    type: str
    value: Any
    created_at: datetime
    updated_at: datetime | None = None


class ListCustomData(Struct, frozen=True):
    """Show the values of one trade."""

    trade_id: int
    custom_data: list[CustomDataEntry]


async def of_trade(bot: "Bot", path: TradeIdPath, query: KeyQuery) -> list[ListCustomData]:
    """Show the values of a trade, open or closed. Raises NotFound where there are none."""
    if await bot.trade(path.trade_id) is None:
        raise NotFound(f"There is no trade with the id {path.trade_id}")
    return await _found(bot, [path.trade_id], query.key, f"trade {path.trade_id}")


async def of_open_trades(bot: "Bot", query: OpenTradesQuery) -> list[ListCustomData]:
    """Show the values of open trades, the oldest first. Raises NotFound where there are none."""
    chosen = sorted(bot.book.open)[query.offset : query.offset + query.limit]
    if not chosen:
        raise NotFound("There are no open trades")
    return await _found(bot, chosen, query.key, "any open trade")


async def _found(bot: "Bot", trades: Sequence[int], key: str | None, whose: str) -> list[ListCustomData]:
    entries: dict[int, list[CustomDataEntry]] = defaultdict(list)
    for kept in await bot.custom_data(trades):
        if not key or kept.key.casefold() == key.casefold():
            entries[kept.trade_id].append(
                CustomDataEntry(
                    key=kept.key,
                    type=kept.type,
                    value=plain(kept.value),
                    created_at=kept.created_at,
                    updated_at=kept.updated_at,
                )
            )
    if not entries:
        named = f" named '{key:.100}'" if key else ""
        raise NotFound(f"There is no custom data{named} of {whose}")
    return [ListCustomData(trade, entries[trade]) for trade in trades if trade in entries]
