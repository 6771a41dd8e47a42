"""`appliance convert-data`, `convert-trade-data`, `trades-to-ohlcv`: write stored data in another form."""

from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data import options as options_of
from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.options import common_options
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError
from appliance.research.data.candles import CandleFiles, cut
from appliance.research.data.formats import FORMATS
from appliance.research.data.layout import CandleKey
from appliance.research.data.tables import candles_of_trades, joined
from appliance.research.data.trades import TradeFiles
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.research.data.candles import Candles

_FORMAT = click.Choice(FORMATS)
_FROM = click.option("--format-from", type=_FORMAT, required=True, help="Format that the data is in.")
_TO = click.option("--format-to", type=_FORMAT, required=True, help="Format to write.")
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
    """Write stored candles in another format.

    Candles of other dates that are stored in that format stay.
    """

    loaded = options_of.data_settings(config, options, exchange=exchange)
    _differ(format_from, format_to)
    source, target = (CandleFiles(loaded.datadir, kind) for kind in (format_from, format_to))
    count = 0
    for key in source.keys(futures=loaded.settings.trading_mode is TradingMode.FUTURES):
        if (
            (pairs and key.pair not in pairs)
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
@click.option("--format-from", type=_FORMAT, required=True, help="Format that the data is in.")
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
    source, target = (TradeFiles(loaded.datadir, kind, futures=futures) for kind in (format_from, format_to))
    count = 0
    for pair in pairs or source.pairs():
        trades = source.load(pair)
        if len(trades):
            target.save(pair, target.load(pair).with_span_of(trades))
            count += 1
            click.echo(f"{pair}: {len(trades)} trades", err=True)
        if erase:
            source.erase(pair)
    click.echo(f"{count} pairs converted from {format_from} to {format_to} in {loaded.datadir}", err=True)


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

    Stored candles of other dates stay; with --erase, the new candles replace all of them.
    """

    loaded = options_of.data_settings(config, options, exchange=exchange)
    futures = loaded.settings.trading_mode is TradingMode.FUTURES
    files = TradeFiles(loaded.datadir, loaded.settings.dataformat_trades, futures=futures)
    candles = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
    wanted = TimeRange.parse(timerange)
    chosen = pairs or files.pairs()
    if not chosen:
        click.echo(f"No public trades in {loaded.datadir} (format {files.kind})", err=True)
    for pair in chosen:
        trades = files.load(pair)
        if not len(trades):
            click.echo(f"{pair}: no stored trades", err=True)
            continue
        columns = trades.columns
        for timeframe in options_of.checked_timeframes(timeframes, ("1m", "5m")):
            key = CandleKey(pair, timeframe, "futures" if futures else "spot")
            made = cut(
                candles_of_trades(trades.timestamps, columns["price"], columns["amount"], timeframe), wanted
            )
            click.echo(f"{key}: {_store(candles, key, made, erase=erase)}", err=True)


def _store(files: CandleFiles, key: CandleKey, made: "Candles", *, erase: bool) -> str:
    """Add candles to the stored ones, or replace those; return what was done."""
    if not len(made):
        return "no trades in the time range; stored candles were left as they are"
    if erase:
        files.erase(key)
        files.save(key, made)
        return f"{len(made)} candles"
    stored = files.load(key)
    together = joined(stored, made)
    files.save(key, together)
    replaced = len(stored) + len(made) - len(together)
    return f"{len(made)} candles; {replaced} stored candles replaced, {len(stored) - replaced} kept"


def _differ(format_from: str, format_to: str) -> None:
    if format_from == format_to:
        raise ConfigurationError(f"--format-to: expected another format than {format_from}")
