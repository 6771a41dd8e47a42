"""`appliance download-data`: download candles and public trades."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data import choice, progress
from appliance.cli.data import options as options_of
from appliance.cli.data.convert import candles_of_pair
from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.options import common_options
from appliance.domain.errors import ConfigurationError
from appliance.exchange.factory import market_data
from appliance.research.data.candles import CandleFiles, remove_unfinished
from appliance.research.data.trades import TradeFiles
from appliance.research.download.candles import CandleDownload
from appliance.research.download.series import matching_pairs, series
from appliance.research.download.trades import TradeDownload
from appliance.research.download.wish import AT_ONCE, DAY_MS, DEFAULT_DAYS, Wish
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.exchange.gateway import MarketData
    from appliance.research.download.wish import Progress

DEFAULT_TIMEFRAMES = ("1m", "5m")


@click.command("download-data", cls=CommandOfMany)
@common_options
@options_of.PAIRS
@click.option("--pairs-file", metavar="FILE", help="JSON list of pairs; overrides --pairs.")
@click.option("--days", type=click.IntRange(1), metavar="DAYS", help="Number of days to download.")
@click.option(
    "--new-pairs-days",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Number of days for pairs without data.  [30]",
)
@click.option("--include-inactive-pairs", is_flag=True, help="Include pairs that are not traded at present.")
@click.option("--no-parallel-download", is_flag=True, help="Download one series after the other.")
@options_of.TIMERANGE
@click.option("--dl-trades", is_flag=True, help="Download public trades instead of candles.")
@click.option("--convert", is_flag=True, help="With --dl-trades: make candles of the trades.")
@options_of.EXCHANGE
@options_of.TIMEFRAMES
@options_of.ERASE
@options_of.CANDLE_FORMAT
@options_of.TRADES_FORMAT
@options_of.TRADING_MODE
@click.option(
    "--candle-types",
    cls=ManyValues,
    type=options_of.CANDLE_TYPE_CHOICE,
    help="Candle types for futures, instead of the defaults.",
)
@click.option("--prepend", is_flag=True, help="Download what is older than the stored data.")
def download_data(config: tuple[str, ...], no_color: bool, **given: Any) -> int:
    """Download candles or public trades into user_data/data/EXCHANGE.

    What is stored is continued. An interrupted download resumes where it stopped.
    """
    names = ("user_data_dir", "datadir", "logfile", "verbosity", "dataformat_ohlcv", "dataformat_trades")
    settings = {name: given[name] for name in (*names, "trading_mode")}
    loaded = options_of.data_settings(config, settings, exchange=given["exchange"])
    options_of.checked_timeframes(given["timeframes"], DEFAULT_TIMEFRAMES)
    named = choice.named_pairs(loaded, given)
    wish = _wish(given)
    if given["convert"] and not given["dl_trades"]:
        click.echo("--convert: without effect, since --dl-trades is not given", err=True)
    for file in remove_unfinished(loaded.datadir):
        click.echo(f"Removed {file}: it was incomplete", err=True)
    try:
        return asyncio.run(_download(loaded, given, named, wish, colour=not no_color))
    except KeyboardInterrupt:
        click.echo("\nStopped. What was downloaded is stored; the same command goes on from there", err=True)
        raise


def _wish(given: Mapping[str, Any]) -> "Wish":

    timerange = TimeRange.parse(given["timerange"])
    if given["days"] and not given["timerange"]:
        today = int(time.time() * 1000) // DAY_MS * DAY_MS
        timerange = TimeRange(today - given["days"] * DAY_MS)
    return Wish(
        timerange,
        new_pairs_days=given["new_pairs_days"] or DEFAULT_DAYS,
        at_once=1 if given["no_parallel_download"] else AT_ONCE,
        erase=given["erase"],
        prepend=given["prepend"],
    )


async def _download(
    loaded: "LoadedSettings", given: Mapping[str, Any], named: list[str], wish: Wish, *, colour: bool
) -> int:
    async with _market(loaded, with_trades=given["dl_trades"]) as market:
        with_inactive = given["include_inactive_pairs"]
        pairs = matching_pairs(named, market.markets, with_inactive=with_inactive)
        if not pairs:
            raise ConfigurationError(_no_pair(named, market, is_futures=market.futures is not None))
        what = _trades if given["dl_trades"] else _candles
        count, failed = await what(loaded, given, market, pairs, wish, colour=colour)
        if failed:
            click.echo(f"{failed} of {count} series failed; the reasons are above", err=True)
        unknown = [
            pair for pair in named if not matching_pairs([pair], market.markets, with_inactive=with_inactive)
        ]
        if unknown:
            click.echo(f"Not traded on {market.name}: {', '.join(unknown)}", err=True)
    return 2 if failed else 0


async def _candles(
    loaded: "LoadedSettings",
    given: Mapping[str, Any],
    market: "MarketData",
    pairs: list[str],
    wish: Wish,
    *,
    colour: bool,
) -> tuple[int, int]:
    """Download candles; return of how many series, and how many of them failed."""
    timeframes = options_of.checked_timeframes(given["timeframes"], DEFAULT_TIMEFRAMES)
    keys = series(market, pairs, timeframes, given["candle_types"])
    if not market.keeps_candles:
        more = "; for older ones: --dl-trades --convert" if market.trade_history is not None else ""
        click.echo(f"{market.name} only has its newest candles{more}", err=True)
    click.echo(
        f"{len(keys)} series of candles of {options_of.counted(pairs)}, into {loaded.datadir}", err=True
    )
    files = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
    with _progress(colour) as progress:
        failed = await CandleDownload(market, files, wish, progress).run(keys)
    return len(keys), len(failed)


async def _trades(
    loaded: "LoadedSettings",
    given: Mapping[str, Any],
    market: "MarketData",
    pairs: list[str],
    wish: Wish,
    *,
    colour: bool,
) -> tuple[int, int]:
    """Download public trades, and make candles of them; return of how many pairs, and how many failed."""
    click.echo(f"Public trades of {options_of.counted(pairs)}, into {loaded.datadir}", err=True)
    is_futures = market.futures is not None
    files = TradeFiles(loaded.datadir, loaded.settings.dataformat_trades, futures=is_futures)
    with _progress(colour) as progress:
        failed = await TradeDownload(market, files, wish, progress).run(pairs)
    if given["convert"] or not market.keeps_candles:
        candles = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
        timeframes = options_of.checked_timeframes(given["timeframes"], DEFAULT_TIMEFRAMES)
        for pair in (pair for pair in pairs if pair not in failed):
            making = candles_of_pair(files, candles, pair, timeframes, TimeRange(), erase=wish.erase)
            for line in await asyncio.to_thread(list, making):
                click.echo(line, err=True)
    return len(pairs), len(failed)


def _no_pair(named: list[str], market: "MarketData", *, is_futures: bool) -> str:
    hint = ""
    if is_futures:
        hint = ". On futures markets pairs are written BTC/USDT:USDT"
    elif any(":" in pair for pair in named):
        hint = ". Pairs with a colon are those of futures markets: --trading-mode futures"
    return f"No pair to download: {market.name} has none of {', '.join(named) or 'the configured ones'}{hint}"


@asynccontextmanager
async def _market(loaded: "LoadedSettings", *, with_trades: bool) -> "AsyncIterator[MarketData]":

    market = await asyncio.to_thread(market_data, loaded.settings.exchange, mode=loaded.settings.trading_mode)
    if with_trades and market.trade_history is None:
        raise ConfigurationError(
            f"--dl-trades: {market.name} only has its newest public trades; leave it out to download candles"
        )
    try:
        await market.open()
        yield market
    finally:
        await market.close()


def _progress(colour: bool) -> "contextlib.AbstractContextManager[Progress]":

    return progress.on_terminal(colour) if sys.stderr.isatty() else progress.in_lines()
