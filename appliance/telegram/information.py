"""Tell by Telegram what runs here and how it is."""

import math
from html import escape

import msgspec

from appliance import __version__
from appliance.notify.pages import Block
from appliance.queries import info as rest
from appliance.reports.views.time_format import as_text
from appliance.telegram.answers import Answer, Asked, rows

MOST_LINES = 200


async def show_config(asked: Asked) -> Answer:
    told = rest.show_config(asked.bot)
    most = (
        "no limit" if told.max_open_trades < 0 or math.isinf(told.max_open_trades) else told.max_open_trades
    )
    trailing = (
        ("Trails from", told.trailing_stop_positive),
        ("Trailing offset", told.trailing_stop_positive_offset),
        ("Trails above the offset only", _yes(told.trailing_only_offset_is_reached)),
    )
    return Answer(
        blocks=(
            rows(
                ("Mode", "dry-run, with play money" if told.dry_run else "live, with real money"),
                ("Exchange", f"{told.exchange}{' (demo account)' if told.demo_trading else ''}"),
                ("Market", told.trading_mode),
                ("Stake", f"{told.stake_amount} {told.stake_currency}"),
                ("Most open trades", most),
                ("Minimal ROI", msgspec.json.encode(told.minimal_roi).decode()),
                ("Entry pricing", msgspec.json.encode(told.entry_pricing).decode()),
                ("Exit pricing", msgspec.json.encode(told.exit_pricing).decode()),
                ("First stop loss" if told.trailing_stop else "Stop loss", told.stoploss),
                *(trailing if told.trailing_stop else ()),
                ("Position adjustment", _yes(told.position_adjustment_enable)),
                ("Most added entries", told.max_entry_position_adjustment)
                if told.position_adjustment_enable
                else None,
                ("Time frame", told.timeframe),
                ("Strategy", told.strategy),
                ("State", told.state),
            ),
        )
    )


async def logs(asked: Asked) -> Answer:
    """Show the newest lines of the log; secrets were taken out of it before."""
    told = rest.logs(asked.slot, rest.LogsQuery(asked.count(10, MOST_LINES)))
    lines = [
        f"<b>{escape(date, quote=False)}</b> {escape(f'{name}: {level}', quote=False)} - "
        f"<code>{escape(line, quote=False)}</code>"
        for date, _, name, level, text in told.logs
        for line in str(text).split("\n")
    ]
    return Answer(blocks=(Block(tuple(lines) or ("Nothing is logged yet.",)),))


async def health(asked: Asked) -> Answer:
    told = rest.health(asked.bot)
    return Answer(
        blocks=(
            rows(
                ("Last cycle", as_text(told.last_process) or "none yet"),
                ("First started", as_text(told.bot_start) or "-"),
                ("Started", as_text(told.bot_startup) or "-"),
                ("Well", _yes(asked.bot.is_well())),
            ),
        )
    )


async def version(asked: Asked) -> Answer:
    strategy = asked.bot.resolved.version
    return Answer(blocks=(rows(("Version", __version__), ("Strategy", strategy) if strategy else None),))


def _yes(value: bool | None) -> str:
    return "yes" if value else "no"
