"""`appliance list-markets`, `list-pairs`: list what an exchange trades."""

import asyncio
import csv
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.data.options import EXCHANGE, TRADING_MODE, data_settings
from appliance.cli.data.output import print_table
from appliance.cli.options import common_options
from appliance.domain.enums import PrecisionMode, TradingMode
from appliance.exchange.ccxt_layout import ccxt_layout
from appliance.exchange.factory import opened_market_data
from appliance.exchange.known_exchanges import display_name
from appliance.reports.views.market_row import COLUMNS, MarketRow, is_linear_perpetual, market_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.config.loading import LoadedSettings
    from appliance.domain.futures import Tiers
    from appliance.domain.market import Market
    from appliance.exchange.gateway import MarketData

_SMALLEST_STEP = 1e-11
"""Prices with smaller steps cannot be calculated with."""
_OPTIONS = (
    EXCHANGE,
    click.option("--print-list", is_flag=True, help="Print one sentence with all symbols."),
    click.option("--print-json", is_flag=True, help="Print the symbols as JSON."),
    click.option("-1", "--one-column", is_flag=True, help="Print the symbols, one per line."),
    click.option("--print-csv", is_flag=True, help="Print the table as CSV."),
    click.option("--base", cls=ManyValues, metavar="CURRENCY", help="Only these base currencies."),
    click.option("--quote", cls=ManyValues, metavar="CURRENCY", help="Only these quote currencies."),
    click.option("-a", "--all", "with_inactive", is_flag=True, help="Include those not traded at present."),
    TRADING_MODE,
)


def _market_options(command: "Callable[..., Any]") -> "Callable[..., Any]":
    for option in reversed(_OPTIONS):
        command = option(command)
    return common_options(command)


@click.command("list-markets", cls=CommandOfMany)
@_market_options
def list_markets(**given: Any) -> None:
    """List everything that an exchange trades, also what this bot cannot trade.

    Tab-separated in a pipe.
    """
    _list(given, pairs_only=False)


@click.command("list-pairs", cls=CommandOfMany)
@_market_options
def list_pairs(**given: Any) -> None:
    """List the pairs of an exchange that the bot can trade in this trading mode.

    Tab-separated in a pipe.
    """
    _list(given, pairs_only=True)


def _list(given: dict[str, Any], *, pairs_only: bool) -> None:
    names = ("user_data_dir", "datadir", "logfile", "verbosity", "trading_mode")
    loaded = data_settings(given["config"], {name: given[name] for name in names}, exchange=given["exchange"])
    with_rows = not (given["print_list"] or given["one_column"] or given["print_json"])
    symbols, rows = asyncio.run(_asked(loaded, given, pairs_only=pairs_only, with_rows=with_rows))
    summary = _summary(display_name(loaded.settings.exchange.source), len(symbols), given, pairs_only)
    if given["print_list"]:
        click.echo(f"{summary}: {', '.join(symbols)}." if symbols else f"{summary}.")
        return
    if not with_rows or given["print_csv"]:
        click.echo(f"{summary}.", err=True)
    if given["one_column"]:
        click.echo("".join(f"{symbol}\n" for symbol in symbols), nl=False)
    elif given["print_json"]:
        click.echo(json.dumps(symbols, separators=(",", ":"), ensure_ascii=False))
    elif given["print_csv"]:
        csv.writer(sys.stdout).writerows([COLUMNS, *(row.cells() for row in rows)])
    elif rows:
        print_table(COLUMNS, [row.cells() for row in rows], title=summary, colour=not given["no_color"])
    else:
        click.echo(f"{summary}.", err=True)


async def _asked(
    loaded: "LoadedSettings", given: Mapping[str, Any], *, pairs_only: bool, with_rows: bool
) -> tuple[list[str], list[MarketRow]]:
    """Return the symbols, sorted, and with `with_rows` what the table says of them."""
    settings = loaded.settings
    everything = not pairs_only
    async with opened_market_data(
        settings.exchange, mode=settings.trading_mode, everything=everything
    ) as data:
        chosen = [
            market
            for _, market in sorted(data.markets.items())
            if (market.active or given["with_inactive"])
            and (not given["base"] or market.base in given["base"])
            and (not given["quote"] or market.quote in given["quote"])
            and (not pairs_only or _is_tradable(market, data, settings.trading_mode))
        ]
        rows = await _rows(data, chosen, settings.amount_reserve_percent) if with_rows else []
    return [market.pair for market in chosen], rows


def _is_tradable(market: "Market", data: "MarketData", mode: TradingMode) -> bool:
    has_steps = market.precision_mode is not PrecisionMode.TICK_SIZE
    if not has_steps and market.price_precision is not None and market.price_precision <= _SMALLEST_STEP:
        return False
    described = _described(market, data)
    match mode:
        case TradingMode.SPOT:
            return market.spot
        case TradingMode.MARGIN:
            return described.get("margin") is True
        case TradingMode.FUTURES:
            return is_linear_perpetual(described)


def _described(market: "Market", data: "MarketData") -> Mapping[str, Any]:
    return {**ccxt_layout(market), **data.market_details(market.pair)}


async def _rows(data: "MarketData", markets: "Sequence[Market]", reserve: float) -> list[MarketRow]:
    tickers = await data.fetch_tickers() if markets else {}
    rows = []
    for market in markets:
        tiers: Tiers | None = None
        if data.futures is not None and market.swap:
            tiers = await data.futures.leverage_tiers(market.pair)
        ticker = tickers.get(market.pair)
        described = _described(market, data)
        rows.append(market_row(market, described, ticker=ticker, tiers=tiers, reserve=reserve))
    return rows


def _summary(exchange: str, count: int, given: Mapping[str, Any], pairs_only: bool) -> str:
    """Return freqtrade's sentence."""
    what = f"{'pair' if pairs_only else 'market'}{'' if count == 1 else 's'}"
    active = "" if given["with_inactive"] else "active "
    named = [
        f"with {', '.join(given[side])} as {side} {'currency' if len(given[side]) == 1 else 'currencies'}"
        for side in ("base", "quote")
        if given[side]
    ]
    return " ".join([f"Exchange {exchange} has {count} {active}{what}", " and ".join(named)]).rstrip()
