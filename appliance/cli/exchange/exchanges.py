"""`appliance list-exchanges`: list the exchanges that ccxt knows."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.options import TRADING_MODE
from appliance.cli.data.output import print_table
from appliance.cli.options import common_options
from appliance.exchange.known_exchanges import known_exchanges

if TYPE_CHECKING:
    from appliance.exchange.known_exchanges import KnownExchange

_HEADINGS = ("Exchange Name", "Class Name", "Markets", "Reason")


@click.command("list-exchanges")
@common_options
@click.option("-1", "--one-column", is_flag=True, help="Print the names only, one per line.")
@click.option("-a", "--all", "with_invalid", is_flag=True, help="Include those that the bot cannot trade on.")
@TRADING_MODE
@click.option("--dex-exchanges", is_flag=True, help="Only decentralized exchanges.")
def list_exchanges(
    no_color: bool,
    one_column: bool,
    with_invalid: bool,
    trading_mode: str | None,
    dex_exchanges: bool,
    **_: Any,
) -> None:
    """List the exchanges that ccxt knows and the bot can trade on, and what is missing there.

    Nothing is asked of them. Futures are traded in dry-run only. Tab-separated in a pipe.
    """
    found = [
        exchange
        for exchange in _known()
        if (exchange.valid or with_invalid)
        and (trading_mode is None or trading_mode in {mode.trading_mode for mode in exchange.trade_modes})
        and (exchange.dex or not dex_exchanges)
    ]
    if one_column:
        click.echo("".join(f"{exchange.classname}\n" for exchange in found), nl=False)
        return
    title = (
        f"All exchanges that ccxt knows ({len(found)} exchanges):"
        if with_invalid
        else f"Exchanges that the bot can trade on ({len(found)} exchanges):"
    )
    print_table(_HEADINGS, list(map(_cells, found)), title=title, colour=not no_color)


def _known() -> "list[KnownExchange]":
    if not sys.stderr.isatty():
        return known_exchanges()
    from rich.console import Console  # late: a pipe needs no progress

    with Console(stderr=True).status("Looking at every exchange of ccxt"):
        return known_exchanges()


def _cells(exchange: "KnownExchange") -> tuple[str, ...]:
    return (
        f"{exchange.name} (supported)" if exchange.supported else exchange.name,
        f"{exchange.classname} -> use {exchange.alias_for}" if exchange.is_alias else exchange.classname,
        ("DEX: " if exchange.dex else "") + ", ".join(_modes(exchange)),
        exchange.comment,
    )


def _modes(exchange: "KnownExchange") -> Iterator[str]:
    for mode in exchange.trade_modes:
        yield f"{mode.margin_mode} {mode.trading_mode}".lstrip()
