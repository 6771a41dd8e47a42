"""`appliance show-trades`: show the trades of a database."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.data.output import print_table
from appliance.cli.options import common_options
from appliance.cli.settings import configured
from appliance.domain.enums import RunMode
from appliance.domain.errors import StorageError
from appliance.reports.views.stored_trade import stored_trade
from appliance.reports.views.time_format import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.domain.trade import Trade

_HEADINGS = (
    "Id",
    "Pair",
    "Side",
    "Leverage",
    "Amount",
    "Rate",
    "Opened",
    "Closed",
    "Profit %",
    "Exit reason",
)


@click.command("show-trades", cls=CommandOfMany)
@common_options
@click.option("--db-url", metavar="URL", help="Trades database, e.g. sqlite:///tradesv3.sqlite.")
@click.option("--trade-ids", cls=ManyValues, type=int, metavar="ID", help="Only these trades.")
@click.option("--print-json", is_flag=True, help="Print JSON, with the orders.")
def show_trades(
    config: tuple[str, ...],
    no_color: bool,
    trade_ids: tuple[int, ...],
    print_json: bool,
    db_url: str | None,
    **options: Any,
) -> None:
    """Show the trades of a database, open and closed, while the bot runs or not; tab-separated in a pipe.

    The database may be freqtrade's; nothing in it is changed.
    """
    loaded = configured(config, options, runmode=RunMode.UTIL_NO_EXCHANGE)
    url = db_url or loaded.db_url
    found = asyncio.run(_read(url, trade_ids))
    click.echo(f"{len(found)} trade{'' if len(found) == 1 else 's'} in {url}", err=True)
    if print_json:
        click.echo(json.dumps([stored_trade(trade) for trade in found], indent=4))
    else:
        print_table(_HEADINGS, list(map(_cells, found)), colour=not no_color)


async def _read(url: str, trade_ids: "Sequence[int]") -> "list[Trade]":
    from appliance.storage.store import Store  # late: it loads numpy

    store = await Store.copied(url)
    if store is None:
        raise StorageError(f"There is no database at {url}: give one with --db-url or -c")
    try:
        return await store.trades(trade_ids) if trade_ids else await store.find_trades()
    finally:
        await store.close()


def _cells(trade: "Trade") -> tuple[str, ...]:
    profit = trade.close_profit
    return (
        str(trade.id),
        trade.pair,
        "short" if trade.is_short else "long",
        f"{trade.leverage:g}",
        f"{trade.amount:.8g}",
        f"{trade.open_rate:.8g}",
        as_text(trade.open_date) or "",
        as_text(trade.close_date) or "",
        "" if profit is None else f"{profit * 100:.2f}",
        trade.exit_reason or "",
    )
