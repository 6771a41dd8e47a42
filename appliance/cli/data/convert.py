"""`appliance convert-data`, `convert-trade-data`, `trades-to-ohlcv`: write stored data in another form."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import click

from appliance.cli.data import options as options_of
from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.options import common_options
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError
from appliance.pairlists.patterns.expand import expand
from appliance.research.data import kraken_csv
from appliance.research.data.candles import CandleFiles
from appliance.research.data.formats import FORMATS
from appliance.research.data.layout import CandleKey
from appliance.research.data.tables import joined
from appliance.research.data.trades import TradeFiles
from appliance.research.timerange import TimeRange
from appliance.research.trade_candles import make_candles

_FORMAT = click.Choice(FORMATS)
_FROM = click.option("--format-from", type=_FORMAT, required=True, help="Format that the data is in.")
_TO = click.option("--format-to", type=_FORMAT, required=True, help="Format to write.")
_KRAKEN_CSV = "kraken_csv"
_ERASE_SOURCE = click.option("--erase", is_flag=True, help="Remove the data in the old format afterwards.")


@click.command("convert-data", cls=CommandOfMany)
@common_options
@options_of.PAIRS
@_FROM
@_TO
@_ERASE_SOURCE
@options_of.EXCHANGE
@options_of.TIMEFRAMES
@options_of.TRADING_MODE
@click.option(
    "--candle-types", cls=ManyValues, type=options_of.CANDLE_TYPE_CHOICE, help="Only candles of these types."
)
def convert_data(
    config: tuple[str, ...],
    no_color: bool,
    pairs: tuple[str, ...],
    format_from: Any,
    format_to: Any,
    erase: bool,
    exchange: str | None,
    timeframes: tuple[str, ...],
    candle_types: tuple[str, ...],
    **options: Any,
) -> None:
    """Write stored candles in another format, those of spot and of futures markets.

    Candles of other dates that are stored in that format stay.
    """

    loaded = options_of.data_settings(config, options, exchange=exchange)
    _differ(format_from, format_to)
    timeframes = options_of.checked_timeframes(timeframes, ())
    source, target = (CandleFiles(loaded.datadir, kind) for kind in (format_from, format_to))
    count = 0
    keys = [*source.keys(futures=False), *source.keys(futures=True)]
    chosen = _matching(pairs, [key.pair for key in keys])
    for key in keys:
        if (
            key.pair not in chosen
            or (timeframes and key.timeframe not in timeframes)
            or (candle_types and key.candle_type not in candle_types)
        ):
            continue
        candles = source.load(key)
        if len(candles):
            target.save(key, joined(target.load(key), candles))
            count += 1
            click.echo(f"{key}: {len(candles)} candles", err=True)
        if erase:
            source.erase(key)
    click.echo(f"{count} series converted from {format_from} to {format_to} in {loaded.datadir}", err=True)


@click.command("convert-trade-data", cls=CommandOfMany)
@common_options
@options_of.PAIRS
@click.option(
    "--format-from",
    type=click.Choice((*FORMATS, _KRAKEN_CSV)),
    required=True,
    help="Format that the data is in; kraken_csv: Kraken's own archives of trades, in the folder trades_csv"
    " of its data.",
)
@_TO
@_ERASE_SOURCE
@options_of.EXCHANGE
@options_of.TRADING_MODE
def convert_trade_data(
    config: tuple[str, ...],
    no_color: bool,
    pairs: tuple[str, ...],
    format_from: Any,
    format_to: Any,
    erase: bool,
    exchange: str | None,
    **options: Any,
) -> None:
    """Write stored public trades in another format.

    Trades before and after them that are stored in that format stay.
    """

    loaded = options_of.data_settings(config, options, exchange=exchange)
    _differ(format_from, format_to)
    futures = loaded.settings.trading_mode is TradingMode.FUTURES
    target = TradeFiles(loaded.datadir, format_to, futures=futures)
    if format_from == _KRAKEN_CSV:
        _check_kraken(loaded.settings.exchange.name, futures=futures, erase=erase)
        archives = kraken_csv.files_by_pair(loaded.datadir / kraken_csv.FOLDER)
        loads = {pair: partial(kraken_csv.read_trades, files) for pair, files in archives.items()}
    else:
        source = TradeFiles(loaded.datadir, format_from, futures=futures)
        loads = {pair: partial(source.load, pair) for pair in source.pairs()}
    count = 0
    for pair in _matching(pairs, list(loads)):
        trades = loads[pair]()
        if len(trades):
            target.save(pair, target.load(pair).with_span_of(trades))
            count += 1
            click.echo(f"{pair}: {len(trades)} trades", err=True)
        if erase:
            source.erase(pair)
    click.echo(f"{count} pairs converted from {format_from} to {format_to} in {loaded.datadir}", err=True)


def _check_kraken(exchange: str, *, futures: bool, erase: bool) -> None:
    """Raise ConfigurationError where archives of Kraken make no sense."""
    if exchange != "kraken":
        raise ConfigurationError(f"--format-from kraken_csv: expected the exchange kraken, found {exchange}")
    if futures:
        raise ConfigurationError("--format-from kraken_csv: its trades are of spot markets")
    if erase:
        raise ConfigurationError("--erase: archives of Kraken are not removed; remove them by hand")


@click.command("trades-to-ohlcv", cls=CommandOfMany)
@common_options
@options_of.PAIRS
@options_of.TIMEFRAMES
@options_of.EXCHANGE
@options_of.CANDLE_FORMAT
@options_of.TRADES_FORMAT
@options_of.TRADING_MODE
@options_of.ERASE
@options_of.TIMERANGE
def trades_to_ohlcv(
    config: tuple[str, ...],
    no_color: bool,
    pairs: tuple[str, ...],
    timeframes: tuple[str, ...],
    exchange: str | None,
    erase: bool,
    timerange: str | None,
    **options: Any,
) -> None:
    """Make candles of stored public trades.

    Stored candles of other dates stay, and whole ones where trades make but a part of a candle; with
    --erase, the new candles replace all of them.
    """

    loaded = options_of.data_settings(config, options, exchange=exchange)
    futures = loaded.settings.trading_mode is TradingMode.FUTURES
    files = TradeFiles(loaded.datadir, loaded.settings.dataformat_trades, futures=futures)
    candles = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
    wanted = TimeRange.parse(timerange)
    chosen = _matching(pairs, files.pairs())
    if not chosen:
        click.echo(f"No public trades in {loaded.datadir} (format {files.kind})", err=True)
    frames = options_of.checked_timeframes(timeframes, ("1m", "5m"))
    for pair in chosen:
        for line in candles_of_pair(files, candles, pair, frames, wanted, erase=erase):
            click.echo(line, err=True)


def candles_of_pair(
    files: TradeFiles,
    candles: CandleFiles,
    pair: str,
    timeframes: tuple[str, ...],
    timerange: TimeRange,
    *,
    erase: bool,
) -> Iterator[str]:
    """Make candles of a pair's stored trades; yield a line for each series."""
    trades = files.load(pair)
    if not len(trades):
        yield f"{pair}: no stored trades"
        return
    for timeframe in timeframes:
        key = CandleKey(pair, timeframe, "futures" if files.futures else "spot")
        yield f"{key}: {make_candles(trades, candles, key, timerange, erase=erase)}"


def _matching(patterns: tuple[str, ...], pairs: Sequence[str]) -> list[str]:
    """Return those of the pairs that are asked for; a line for each pattern that names none."""
    if not patterns:
        return list(pairs)
    known = dict.fromkeys(pairs)
    for pattern in patterns:
        if not expand([pattern], known):
            click.echo(f"{pattern}: nothing is stored", err=True)
    return expand(patterns, known)


def _differ(format_from: str, format_to: str) -> None:
    if format_from == format_to:
        raise ConfigurationError(f"--format-to: expected another format than {format_from}")
