"""Query the custom data that the strategy stores with trades."""

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
    limit: Annotated[int, Meta(ge=1, description="Maximum number of trades.")] = 100
    offset: Annotated[int, Meta(ge=0, description="How many trades to skip first.")] = 0


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
    """Show the values of a trade, open or closed. Raises NotFound if there are none."""
    if await bot.trade(path.trade_id) is None:
        raise NotFound(f"There is no trade with the id {path.trade_id}")
    return await _values(bot, [path.trade_id], query.key, f"trade {path.trade_id}")


async def of_open_trades(bot: "Bot", query: OpenTradesQuery) -> list[ListCustomData]:
    """Show the values of open trades, the oldest first. Raises NotFound if there are none."""
    chosen = sorted(bot.book.open)[query.offset : query.offset + query.limit]
    if not chosen:
        raise NotFound("There are no open trades")
    return await _values(bot, chosen, query.key, "any open trade")


async def _values(bot: "Bot", trades: Sequence[int], key: str | None, whose: str) -> list[ListCustomData]:
    found: dict[int, list[CustomDataEntry]] = defaultdict(list)
    for value in await bot.custom_data(trades):
        if not key or value.key.casefold() == key.casefold():
            found[value.trade_id].append(
                CustomDataEntry(
                    key=value.key,
                    type=value.type,
                    value=plain(value.value),
                    created_at=value.created_at,
                    updated_at=value.updated_at,
                )
            )
    if not found:
        named = f" named '{key:.100}'" if key else ""
        raise NotFound(f"There is no custom data{named} of {whose}")
    return [ListCustomData(trade, found[trade]) for trade in trades if trade in found]
