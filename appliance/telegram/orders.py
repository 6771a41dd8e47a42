"""Enter and exit trades by Telegram, and put single ones right."""

import math

from appliance.domain.enums import TradeDirection, TradingMode
from appliance.domain.errors import Refused
from appliance.notify.amounts import percent, rate
from appliance.queries import trades as rest
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from appliance.telegram.answers import Answer, Asked, Button, number, said

MOST_BUTTONS = 96
LONGEST_DATA = 58
"""In bytes: Telegram lets a button carry 64, of which some say what kind of button it is."""
_CANCEL = (Button("Cancel"),)


async def force_exit(asked: Asked) -> Answer:
    """Exit the named trade or "all" at once; without a name, offer the open trades. Raises Refused."""
    if asked.words:
        named = asked.words[0].lower()
        if named != "all":
            named = str(number(named, 'the id of a trade, or "all"'))
        return said(await asked.bot.force_exit(ExitRequest(trade_id=named)))
    if not (open_trades := await rest.open_trades(asked.bot)):
        return said("There is no open trade.")
    offered = tuple(
        (
            Button(
                f"{trade.trade_id}  {trade.pair}  {percent(trade.profit_ratio)}",
                f"/forceexit {trade.trade_id}",
            ),
        )
        for trade in open_trades[:MOST_BUTTONS]
    )
    return _choice("Which trade is to be exited?", (*offered, _CANCEL))


async def force_long(asked: Asked) -> Answer:
    return await _force_enter(asked, "long", "/forcelong")


async def force_short(asked: Asked) -> Answer:
    return await _force_enter(asked, "short", "/forceshort")


async def delete_trade(asked: Asked) -> Answer:
    done = await rest.delete_trade(asked.bot, rest.TradePath(asked.trade_id()))
    return said(f"{done.result_msg}\nLook after what it holds on the exchange yourself from now on.")


async def reload_trade(asked: Asked) -> Answer:
    found = await rest.reload_trade(asked.bot, rest.TradePath(asked.trade_id()))
    return said(f"The exchange was asked about the orders of trade {found.trade_id} ({found.pair}).")


async def cancel_open_order(asked: Asked) -> Answer:
    found = await rest.cancel_open_order(asked.bot, rest.TradePath(asked.trade_id()))
    return said(f"The open orders of trade {found.trade_id} ({found.pair}) are cancelled.")


async def _force_enter(asked: Asked, side: TradeDirection, command: str) -> Answer:
    """Enter the named pair at once; without a name, offer the whitelist. Raises Refused."""
    if not asked.words:
        return _pairs_offered(asked, side, command)
    price = _price(asked.words[1]) if len(asked.words) > 1 else None
    trade = await asked.bot.force_enter(EntryRequest(pair=asked.pair(), side=side, price=price))
    amount = rate(trade.amount or trade.orders[-1].amount, trade.safe_base_currency)
    return said(f"Trade {trade.id}: {trade.pair} {side}, {amount} at {rate(trade.open_rate)}.")


def _pairs_offered(asked: Asked, side: TradeDirection, command: str) -> Answer:
    if not asked.bot.settings.force_entry_enable:
        raise Refused("Forced entries are off: set force_entry_enable to true to allow them.")
    if side == "short" and asked.bot.settings.trading_mode is TradingMode.SPOT:
        raise Refused("Spot markets cannot be shorted.")
    pairs = [pair for pair in sorted(asked.bot.whitelist) if len(f"{command} {pair}".encode()) < LONGEST_DATA]
    if not pairs:
        return said("The whitelist is empty.")
    buttons = [Button(pair, f"{command} {pair}") for pair in pairs[:MOST_BUTTONS]]
    in_threes = tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))
    missing = len(pairs) - len(buttons)
    more = f" {missing} more fit no buttons: name one behind {command}." if missing else ""
    return _choice(f"Which pair is to be entered {side}?{more}", (*in_threes, _CANCEL))


def _choice(question: str, buttons: tuple[tuple[Button, ...], ...]) -> Answer:
    return Answer(blocks=said(question).blocks, buttons=buttons)


def _price(word: str) -> float:
    try:
        price = float(word)
    except ValueError:
        price = math.nan
    if not math.isfinite(price):
        raise Refused(f'Expected a price, found "{word:.40}".')
    return price
