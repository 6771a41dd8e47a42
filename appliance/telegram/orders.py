"""Enter and exit trades by Telegram; delete, reload and cancel single ones."""

import math

from appliance.domain.enums import TradeDirection, TradingMode
from appliance.domain.errors import Refused
from appliance.notify.amounts import percent, rate
from appliance.queries import trades as trade_queries
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from appliance.telegram.answers import Answer, Button, ChatRequest, number, text_answer

MOST_BUTTONS = 96
LONGEST_DATA = 58
"""Bytes of a command in a button: Telegram allows 64, some of which state the kind of button."""
_CANCEL = (Button("Cancel"),)


async def force_exit(request: ChatRequest) -> Answer:
    """Exit the named trade or "all" now; without a name, offer the open trades. Raises Refused."""
    if request.words:
        named = request.words[0].lower()
        if named != "all":
            named = str(number(named, 'the id of a trade, or "all"'))
        return text_answer(await request.bot.force_exit(ExitRequest(trade_id=named)))
    if not (open_trades := await trade_queries.open_trades(request.bot)):
        return text_answer("There is no open trade.")
    offered = tuple(
        (
            Button(
                f"{trade.trade_id}  {trade.pair}  {percent(trade.profit_ratio)}",
                f"/forceexit {trade.trade_id}",
            ),
        )
        for trade in open_trades[:MOST_BUTTONS]
    )
    return _choice("Exit which trade?", (*offered, _CANCEL))


async def force_long(request: ChatRequest) -> Answer:
    return await _force_enter(request, "long", "/forcelong")


async def force_short(request: ChatRequest) -> Answer:
    return await _force_enter(request, "short", "/forceshort")


async def delete_trade(request: ChatRequest) -> Answer:
    done = await trade_queries.delete_trade(request.bot, trade_queries.TradePath(request.trade_id()))
    return text_answer(f"{done.result_msg}\nWhat it holds on the exchange is yours to manage from now on.")


async def reload_trade(request: ChatRequest) -> Answer:
    found = await trade_queries.reload_trade(request.bot, trade_queries.TradePath(request.trade_id()))
    return text_answer(f"The orders of trade {found.trade_id} ({found.pair}) were fetched from the exchange.")


async def cancel_open_order(request: ChatRequest) -> Answer:
    found = await trade_queries.cancel_open_order(request.bot, trade_queries.TradePath(request.trade_id()))
    return text_answer(f"The open orders of trade {found.trade_id} ({found.pair}) are cancelled.")


async def _force_enter(request: ChatRequest, side: TradeDirection, command: str) -> Answer:
    """Enter the named pair now; without a name, offer the whitelist. Raises Refused."""
    if not request.words:
        return _offer_pairs(request, side, command)
    price = _price(request.words[1]) if len(request.words) > 1 else None
    trade = await request.bot.force_enter(EntryRequest(pair=request.pair(), side=side, price=price))
    amount = rate(trade.amount or trade.orders[-1].amount, trade.safe_base_currency)
    return text_answer(f"Trade {trade.id}: {trade.pair} {side}, {amount} at {rate(trade.open_rate)}.")


def _offer_pairs(request: ChatRequest, side: TradeDirection, command: str) -> Answer:
    if not request.bot.settings.force_entry_enable:
        raise Refused("Forced entries are off: set force_entry_enable to true to allow them.")
    if side == "short" and request.bot.settings.trading_mode is TradingMode.SPOT:
        raise Refused("Spot markets cannot be shorted.")
    pairs = [
        pair for pair in sorted(request.bot.whitelist) if len(f"{command} {pair}".encode()) < LONGEST_DATA
    ]
    if not pairs:
        return text_answer("The whitelist is empty.")
    buttons = [Button(pair, f"{command} {pair}") for pair in pairs[:MOST_BUTTONS]]
    in_threes = tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))
    missing = len(pairs) - len(buttons)
    more = f" {missing} more have no button: name one after {command}." if missing else ""
    return _choice(f"Enter which pair {side}?{more}", (*in_threes, _CANCEL))


def _choice(question: str, buttons: tuple[tuple[Button, ...], ...]) -> Answer:
    return Answer(blocks=text_answer(question).blocks, buttons=buttons)


def _price(word: str) -> float:
    try:
        price = float(word)
    except ValueError:
        price = math.nan
    if not math.isfinite(price):
        raise Refused(f'Expected a price, found "{word:.40}".')
    return price
