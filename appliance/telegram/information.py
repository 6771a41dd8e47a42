"""Show by Telegram the settings, the log, and how the bot is doing."""

import math
from html import escape

import msgspec

from appliance import __version__
from appliance.notify.pages import Block
from appliance.queries import info as info_queries
from appliance.reports.views.time_format import as_text
from appliance.telegram.answers import Answer, ChatRequest, rows

MOST_LINES = 200


async def show_config(request: ChatRequest) -> Answer:
    found = info_queries.show_config(request.slot)
    most = (
        "no limit"
        if found.max_open_trades < 0 or math.isinf(found.max_open_trades)
        else found.max_open_trades
    )
    trailing = (
        ("Trailing from", found.trailing_stop_positive),
        ("Trailing offset", found.trailing_stop_positive_offset),
        ("Trailing above the offset only", _yes(found.trailing_only_offset_is_reached)),
    )
    return Answer(
        blocks=(
            rows(
                ("Mode", "dry-run, with simulated money" if found.dry_run else "live, with real money"),
                ("Exchange", f"{found.exchange}{' (demo account)' if found.demo_trading else ''}"),
                ("Market", found.trading_mode),
                ("Stake", f"{found.stake_amount} {found.stake_currency}"),
                ("Max open trades", most),
                ("Minimal ROI", msgspec.json.encode(found.minimal_roi).decode()),
                ("Entry pricing", msgspec.json.encode(found.entry_pricing).decode()),
                ("Exit pricing", msgspec.json.encode(found.exit_pricing).decode()),
                ("Initial stop loss" if found.trailing_stop else "Stop loss", found.stoploss),
                *(trailing if found.trailing_stop else ()),
                ("Position adjustment", _yes(found.position_adjustment_enable)),
                ("Max added entries", found.max_entry_position_adjustment)
                if found.position_adjustment_enable
                else None,
                ("Time frame", found.timeframe),
                ("Strategy", found.strategy),
                ("State", found.state),
            ),
        )
    )


async def logs(request: ChatRequest) -> Answer:
    """Show the newest log lines; the log itself leaves out secrets."""
    found = info_queries.logs(request.slot, info_queries.LogsQuery(request.count(10, MOST_LINES)))
    lines = [
        f"<b>{escape(date, quote=False)}</b> {escape(f'{name}: {level}', quote=False)} - "
        f"<code>{escape(line, quote=False)}</code>"
        for date, _, name, level, text in found.logs
        for line in str(text).split("\n")
    ]
    return Answer(blocks=(Block(tuple(lines) or ("Nothing has been logged yet.",)),))


async def health(request: ChatRequest) -> Answer:
    found = info_queries.health(request.bot)
    return Answer(
        blocks=(
            rows(
                ("Last cycle", as_text(found.last_process) or "none yet"),
                ("First started", as_text(found.bot_start) or "-"),
                ("Started", as_text(found.bot_startup) or "-"),
                ("Healthy", _yes(request.bot.is_well())),
            ),
        )
    )


async def version(request: ChatRequest) -> Answer:
    strategy = request.bot.resolved.version
    return Answer(blocks=(rows(("Version", __version__), ("Strategy", strategy) if strategy else None),))


def _yes(value: bool | None) -> str:
    return "yes" if value else "no"
