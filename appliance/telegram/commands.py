"""List the commands of the chat: the one table from which help and documentation are made."""

from collections.abc import Awaitable, Callable

import msgspec

from appliance.notify.pages import Block
from appliance.queries import commands
from appliance.queries.commands import Command
from appliance.telegram import control, information, orders, pairs, performance, trades
from appliance.telegram.answers import Answer, ChatRequest, heading

CarryOut = Callable[[ChatRequest], Awaitable[Answer]]


class ChatCommand(msgspec.Struct, frozen=True):
    """Describe a command of the chat: its names, its arguments, what it does, and the function that does it.

    `command` is what it commands the bot to do; None for one that only reads.
    """

    names: tuple[str, ...]
    arguments: str
    description: str
    carry_out: CarryOut
    command: Command | None = None


async def help_(_: ChatRequest) -> Answer:
    """List all commands."""
    blocks: list[Block] = []
    for title, section in SECTIONS.items():
        blocks.append(heading(title))
        blocks.append(Block(tuple(_help_line(command) for command in section)))
    return Answer(blocks=tuple(blocks))


_of = ChatCommand

SECTIONS: dict[str, tuple[ChatCommand, ...]] = {
    "Control": (
        _of(("start",), "", "Start trading.", control.start, commands.START),
        _of(("pause", "stopentry", "stopbuy"), "", "Stop entering trades; open ones are still exited.",
            control.pause, commands.PAUSE),
        _of(("stop",), "", "Stop trading; open trades stay as they are.", control.stop, commands.STOP),
        _of(("reload_config", "reload_conf"), "", "Reload configuration and strategy.",
            control.reload_config, commands.RELOAD_CONFIG),
        _of(("forceexit", "fx", "forcesell"), "[<trade id> | all]",
            "Exit a trade or all trades now; without an id, choose one.",
            orders.force_exit, commands.FORCE_EXIT),
        _of(("forcelong", "forcebuy"), "[<pair> [<rate>]]",
            "Enter a pair now, at the given or the current rate; without a pair, choose one.",
            orders.force_long, commands.FORCE_ENTER),
        _of(("forceshort",), "[<pair> [<rate>]]", "Short a pair now; futures only.",
            orders.force_short, commands.FORCE_ENTER),
        _of(("delete",), "<trade id>", "Delete a trade; its holdings are no longer managed by the bot.",
            orders.delete_trade, commands.DELETE_TRADE),
        _of(("reload_trade",), "<trade id>", "Fetch a trade's orders from the exchange again.",
            orders.reload_trade, commands.RELOAD_TRADE),
        _of(("cancel_open_order", "coo"), "<trade id>", "Cancel a trade's open orders.",
            orders.cancel_open_order, commands.CANCEL_OPEN_ORDER),
        _of(("blacklist",), "[<pair> …]", "Show the blacklist, or add pairs or patterns to it.",
            pairs.blacklist, commands.ADD_TO_BLACKLIST),
        _of(("blacklist_delete", "bl_delete"), "<pair> …", "Remove pairs or patterns from the blacklist.",
            pairs.blacklist_delete, commands.REMOVE_FROM_BLACKLIST),
        _of(("unlock", "delete_locks"), "<pair | lock id>", "Delete the locks of a pair, or one lock.",
            pairs.unlock, commands.DELETE_LOCKS),
        _of(("marketdir",), "[long | short | even | none]", "Show or set the strategy's market direction.",
            control.market_direction, commands.SET_MARKET_DIRECTION),
    ),
    "Trades": (
        _of(("status",), "[table | <trade id> …]", "Show open trades, the named ones, or a table.",
            trades.status),
        _of(("order",), "[<trade id> …]", "Show the orders of open trades, or of the named ones.",
            trades.orders),
        _of(("trades",), "[<count>]", "Show the last closed trades, 10 by default.", trades.last_trades),
        _of(("count",), "", "Count the open trades.", trades.count),
        _of(("list_custom_data",), "<trade id> [<key>]", "Show the strategy's custom data of a trade.",
            trades.list_custom_data),
    ),
    "Statistics": (
        _of(("profit",), "[long | short] [<days>]", "Show the profit of all trades, or of the last days.",
            performance.profit),
        _of(("profit_long",), "[<days>]", "Show the profit of long trades.", performance.profit_long),
        _of(("profit_short",), "[<days>]", "Show the profit of short trades.", performance.profit_short),
        _of(("daily",), "[<days>]", "Show the profit of each of the last days, 7 by default.",
            performance.daily),
        _of(("weekly",), "[<weeks>]", "Show the profit of each of the last weeks, 8 by default.",
            performance.weekly),
        _of(("monthly",), "[<months>]", "Show the profit of each of the last months, 6 by default.",
            performance.monthly),
        _of(("performance",), "", "Show profit by pair.", performance.by_pair),
        _of(("entries", "buys"), "[<pair>]", "Show profit by entry tag.", performance.by_entry),
        _of(("exits", "sells"), "[<pair>]", "Show profit by exit reason.", performance.by_exit),
        _of(("mix_tags",), "[<pair>]", "Show profit by entry tag and exit reason.", performance.by_both),
        _of(("stats",), "", "Show wins and losses by exit reason, and how long trades lasted.",
            performance.stats),
        _of(("balance",), "[full]", "Show the bot's balance, or the whole account's.", performance.balance),
    ),
    "The bot": (
        _of(("show_config", "show_conf"), "", "Show the settings that matter for trading.",
            information.show_config),
        _of(("whitelist",), "[sorted] [baseonly]", "Show the traded pairs.", pairs.whitelist),
        _of(("locks",), "", "Show the active locks.", pairs.locks),
        _of(("logs",), "[<count>]", "Show the newest log lines, 10 by default.", information.logs),
        _of(("health",), "", "Show when the bot finished its last cycle.", information.health),
        _of(("version",), "", "Show the versions of program and strategy.", information.version),
        _of(("help",), "", "Show this list.", help_),
    ),
}  # fmt: skip

COMMANDS = {name: command for section in SECTIONS.values() for command in section for name in command.names}


def _help_line(command: ChatCommand) -> str:
    arguments = f" {command.arguments}".replace("<", "&lt;").replace(">", "&gt;") if command.arguments else ""
    also = f" (or /{', /'.join(command.names[1:])})" if len(command.names) > 1 else ""
    return f"/{command.names[0]}{arguments}{also}: {command.description}"
