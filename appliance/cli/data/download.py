"""`appliance download-data`: download candles for backtests."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data import options as options_of
from appliance.cli.data import progress
from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.options import common_options
from appliance.domain.errors import ConfigurationError
from appliance.exchange.factory import market_data
from appliance.pairlists.patterns.expand import expand
from appliance.research.data.candles import CandleFiles, remove_unfinished
from appliance.research.data.layout import CandleKey, CandleType
from appliance.research.download import AT_ONCE, DEFAULT_DAYS, Download, Wish
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.domain.market import Market
    from appliance.exchange.gateway import MarketData
    from appliance.research.download import Progress

DEFAULT_TIMEFRAMES = ("1m", "5m")
FUTURES_HELPERS: tuple[tuple[str, CandleType], ...] = (("1h", "mark"), ("1h", "funding_rate"))
"""What backtests of futures need besides: mark prices and funding rates."""
DAY_MS = 86_400_000


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
@click.option("--dl-trades", is_flag=True, hidden=True)
@click.option("--convert", is_flag=True, hidden=True)
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
@click.option("--prepend", is_flag=True, help="Download candles older than the stored ones.")
def download_data(config: tuple[str, ...], no_color: bool, **given: Any) -> int:
    """Download candles into user_data/data/EXCHANGE.

    Stored candles are continued. An interrupted download resumes where it stopped.
    """
    if given["dl_trades"] or given["convert"]:
        raise ConfigurationError("--dl-trades, --convert: public trades cannot be downloaded here yet")
    settings = {
        name: given[name]
        for name in ("user_data_dir", "datadir", "logfile", "verbosity", "dataformat_ohlcv", "trading_mode")
    }
    loaded = options_of.data_settings(config, settings, exchange=given["exchange"])
    chosen = options_of.checked_timeframes(given["timeframes"], DEFAULT_TIMEFRAMES)
    named = _named_pairs(loaded, given)
    wish = _wish(given)

    for file in remove_unfinished(loaded.datadir):
        click.echo(f"Removed {file}: it was incomplete", err=True)
    return asyncio.run(_download(loaded, given, named, chosen, wish, colour=not no_color))


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
    loaded: "LoadedSettings",
    given: Mapping[str, Any],
    named: list[str],
    timeframes: tuple[str, ...],
    wish: "Wish",
    *,
    colour: bool,
) -> int:

    files = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
    async with _market(loaded) as market:
        pairs = _pairs(named, market.markets, with_inactive=given["include_inactive_pairs"])
        if not pairs:
            raise ConfigurationError(
                f"No pair to download: {market.name} has none of {', '.join(named) or 'the configured ones'}."
                " On futures markets pairs are written BTC/USDT:USDT"
            )
        keys = _keys(pairs, timeframes, given["candle_types"], futures=market.futures is not None)
        click.echo(f"{len(keys)} series of candles, {len(pairs)} pairs, into {loaded.datadir}", err=True)
        with _progress(colour) as progress:
            download = Download(market, files, wish, progress)
            await download.run(keys)
    if download.failed:
        click.echo(f"{len(download.failed)} of {len(keys)} series failed; the reasons are above", err=True)
    unknown = [pair for pair in named if not _pairs([pair], market.markets, with_inactive=True)]
    if unknown:
        click.echo(f"Not traded on {market.name}: {', '.join(unknown)}", err=True)
    return 2 if download.failed else 0


@asynccontextmanager
async def _market(loaded: "LoadedSettings") -> "AsyncIterator[MarketData]":

    market = await asyncio.to_thread(market_data, loaded.settings.exchange, mode=loaded.settings.trading_mode)
    try:
        await market.open()
        yield market
    finally:
        await market.close()


def _named_pairs(loaded: "LoadedSettings", given: Mapping[str, Any]) -> list[str]:
    """Return pairs and patterns by --pairs-file, --pairs, the whitelist, or pairs.json of the data folder."""
    if given["pairs_file"]:
        return _pairs_in(Path(given["pairs_file"]).expanduser())
    if given["pairs"]:
        return list(given["pairs"])
    if loaded.settings.exchange.pair_whitelist:
        return list(loaded.settings.exchange.pair_whitelist)
    usual = loaded.datadir / "pairs.json"
    if usual.is_file():
        return _pairs_in(usual)
    raise ConfigurationError(
        "No pairs to download: name some with --pairs, --pairs-file, or exchange.pair_whitelist"
    )


def _pairs_in(file: Path) -> list[str]:
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise ConfigurationError(
            f"{file}: expected a JSON list of pairs; found invalid JSON ({error})"
        ) from error
    if not isinstance(found, list) or not all(isinstance(pair, str) for pair in found):
        raise ConfigurationError(f'{file}: expected a JSON list of pairs, e.g. ["BTC/USDT"]')
    return sorted(found)


def _pairs(patterns: list[str], markets: "Mapping[str, Market]", *, with_inactive: bool) -> list[str]:

    return expand(
        patterns, {pair: market for pair, market in markets.items() if with_inactive or market.active}
    )


def _keys(
    pairs: list[str], timeframes: tuple[str, ...], candle_types: tuple[CandleType, ...], *, futures: bool
) -> list[CandleKey]:
    if not futures:
        return [CandleKey(pair, timeframe) for pair in pairs for timeframe in timeframes]
    series = dict.fromkeys(_futures_series(timeframes, candle_types))
    return [CandleKey(pair, *one) for pair in pairs for one in series]


def _futures_series(
    timeframes: tuple[str, ...], candle_types: tuple[CandleType, ...]
) -> Iterator[tuple[str, CandleType]]:
    """Yield time frames and types. Funding rates have a time frame of their own."""
    kinds = [kind for kind in candle_types if kind != "spot"]
    usual: list[CandleType] = ["futures"]
    for kind in kinds or usual:
        if kind == "funding_rate":
            yield FUTURES_HELPERS[1]
        else:
            yield from ((timeframe, kind) for timeframe in timeframes)
    if not kinds:
        yield from FUTURES_HELPERS


def _progress(colour: bool) -> "contextlib.AbstractContextManager[Progress]":

    return progress.on_terminal(colour) if sys.stderr.isatty() else progress.in_lines()
