"""List the commands that Telegram users have: one table, from which help and documentation are made."""

from collections.abc import Awaitable, Callable

import msgspec

from appliance.notify.pages import Block
from appliance.telegram import control, information, orders, pairs, performance, trades
from appliance.telegram.answers import Answer, Asked, heading

CarryOut = Callable[[Asked], Awaitable[Answer]]


class Command(msgspec.Struct, frozen=True):
    """Describe a command: its names, what may stand behind it, what it does.

    `acts`: it changes something. `protective`: it only takes risk away.
    """

    names: tuple[str, ...]
    takes: str
    does: str
    carry_out: CarryOut
    acts: bool = False
    protective: bool = False


async def help_(_: Asked) -> Answer:
    """List all commands."""
    blocks: list[Block] = []
    for title, commands in SECTIONS.items():
        blocks.append(heading(title))
        blocks.append(Block(tuple(_helped(command) for command in commands)))
    return Answer(blocks=tuple(blocks))


SECTIONS: dict[str, tuple[Command, ...]] = {
    "Steering": (
        Command(("start",), "", "Trade.", control.start, acts=True),
        Command(("pause", "stopentry", "stopbuy"), "", "Enter no more trades; open ones are looked after.",
                control.pause, acts=True, protective=True),
        Command(("stop",), "", "Stop trading; open trades stay as they are.",
                control.stop, acts=True, protective=True),
        Command(("reload_config", "reload_conf"), "", "Read configuration and strategy anew.",
                control.reload_config, acts=True),
        Command(("forceexit", "fx", "forcesell"), "[<trade id> | all]",
                "Exit a trade or all trades at once; without an id, choose one.",
                orders.force_exit, acts=True, protective=True),
        Command(("forcelong", "forcebuy"), "[<pair> [<rate>]]",
                "Enter a pair at once, at a rate of yours or the present one; without a pair, choose one.",
                orders.force_long, acts=True),
        Command(("forceshort",), "[<pair> [<rate>]]", "Short a pair at once; futures only.",
                orders.force_short, acts=True),
        Command(("delete",), "<trade id>", "Forget a trade; what it holds is your own affair then.",
                orders.delete_trade, acts=True),
        Command(("reload_trade",), "<trade id>", "Ask the exchange about a trade's orders.",
                orders.reload_trade, acts=True),
        Command(("cancel_open_order", "coo"), "<trade id>", "Cancel a trade's open orders.",
                orders.cancel_open_order, acts=True, protective=True),
        Command(("blacklist",), "[<pair> …]", "Show the blacklist; add pairs or patterns to it.",
                pairs.blacklist, acts=True, protective=True),
        Command(("blacklist_delete", "bl_delete"), "<pair> …", "Take pairs or patterns off the blacklist.",
                pairs.blacklist_delete, acts=True),
        Command(("unlock", "delete_locks"), "<pair | lock id>", "Lift the locks of a pair, or one lock.",
                pairs.unlock, acts=True),
        Command(("marketdir",), "[long | short | even | none]",
                "Show what the strategy is told of the market's direction, or tell it.",
                control.market_direction, acts=True),
    ),
    "Trades": (
        Command(("status",), "[table | <trade id> …]", "Show open trades, those named, or a table.",
                trades.status),
        Command(("order",), "[<trade id> …]", "Show the orders of open trades, or of those named.",
                trades.orders),
        Command(("trades",), "[<count>]", "Show the trades that were closed last, 10 by default.",
                trades.last_trades),
        Command(("count",), "", "Count the open trades.", trades.count),
        Command(("list_custom_data",), "<trade id> [<key>]", "Show what the strategy keeps beside a trade.",
                trades.list_custom_data),
    ),
    "Figures": (
        Command(("profit",), "[long | short] [<days>]", "Tell profit, of all trades or of the last days.",
                performance.profit),
        Command(("profit_long",), "[<days>]", "The same of long trades.", performance.profit_long),
        Command(("profit_short",), "[<days>]", "The same of short trades.", performance.profit_short),
        Command(("daily",), "[<days>]", "Tell what each of the last days made, 7 by default.",
                performance.daily),
        Command(("weekly",), "[<weeks>]", "Tell what each of the last weeks made, 8 by default.",
                performance.weekly),
        Command(("monthly",), "[<months>]", "Tell what each of the last months made, 6 by default.",
                performance.monthly),
        Command(("performance",), "", "Tell what each pair made.", performance.by_pair),
        Command(("entries", "buys"), "[<pair>]", "Tell what each entry tag made.", performance.by_entry),
        Command(("exits", "sells"), "[<pair>]", "Tell what each exit reason made.", performance.by_exit),
        Command(("mix_tags",), "[<pair>]", "Tell what each entry tag with each exit reason made.",
                performance.by_both),
        Command(("stats",), "", "Count how trades ended, and tell how long they took.", performance.stats),
        Command(("balance",), "[full]", "Show what the bot holds, or the whole account.",
                performance.balance),
    ),
    "The bot": (
        Command(("show_config", "show_conf"), "", "Show the settings that matter while trading.",
                information.show_config),
        Command(("whitelist",), "[sorted] [baseonly]", "Show what is traded.", pairs.whitelist),
        Command(("locks",), "", "Show what is locked.", pairs.locks),
        Command(("logs",), "[<count>]", "Show the newest lines of the log, 10 by default.",
                information.logs),
        Command(("health",), "", "Tell when the bot did its work last.", information.health),
        Command(("version",), "", "Tell the versions of program and strategy.", information.version),
        Command(("help",), "", "Show this.", help_),
    ),
}  # fmt: skip

COMMANDS = {name: command for section in SECTIONS.values() for command in section for name in command.names}


def _helped(command: Command) -> str:
    takes = f" {command.takes}".replace("<", "&lt;").replace(">", "&gt;") if command.takes else ""
    also = f" (or /{', /'.join(command.names[1:])})" if len(command.names) > 1 else ""
    return f"/{command.names[0]}{takes}{also}: {command.does}"
