"""Enter and exit trades on command."""

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from appliance.domain.enums import OrderType, SignalDirection
from appliance.domain.errors import NothingFilled
from appliance.queries.run_state import StatusMsg
from appliance.reports.views.trade import TradeView, trade_view
from appliance.rules.trade_requests import EntryRequest, ExitRequest

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class ResultMsg(Struct, frozen=True):
    result: str


class ForceEnterPayload(Struct, frozen=True):
    """`price` in quote currency, `stakeamount` in stake currency; without them the bot's own."""

    pair: str
    side: SignalDirection = SignalDirection.LONG
    price: float | None = None
    ordertype: OrderType | None = None
    stakeamount: float | None = None
    entry_tag: str | None = None
    leverage: float | None = None


class ForceExitPayload(Struct, frozen=True):
    """`amount` in base currency (default: all), `price` in quote currency."""

    tradeid: Annotated[str | int, Meta(description='Id of the trade, or "all".')]
    ordertype: OrderType | None = None
    amount: float | None = None
    price: float | None = None


async def force_enter(bot: "Bot", body: ForceEnterPayload) -> TradeView | StatusMsg:
    """Enter a trade, or add to one; the status says so when the order was accepted and not filled.

    Raises Refused.
    """
    try:
        trade = await bot.force_enter(
            EntryRequest(
                pair=body.pair,
                side=body.side.value,
                price=body.price,
                stake=body.stakeamount,
                order_type=body.ordertype.value if body.ordertype else None,
                leverage=body.leverage,
                tag=body.entry_tag,
            )
        )
    except NothingFilled as outcome:
        return StatusMsg(f"No {body.side.value} trade in {body.pair}: {outcome}")
    return trade_view(trade)


async def force_exit(bot: "Bot", body: ForceExitPayload) -> ResultMsg:
    """Exit a trade, a part of it, or all trades. Raises Refused."""
    request = ExitRequest(
        trade_id=str(body.tradeid),
        amount=body.amount,
        price=body.price,
        order_type=body.ordertype.value if body.ordertype else None,
    )
    return ResultMsg(await bot.force_exit(request))
