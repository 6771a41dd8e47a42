"""`appliance list-data`: list the candles and public trades that are stored."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.data import options as options_of
from appliance.cli.data.many_values import CommandOfMany
from appliance.cli.data.output import print_table
from appliance.cli.options import common_options
from appliance.domain import timeframe as timeframes
from appliance.domain.enums import TradingMode
from appliance.pairlists.patterns.expand import expand
from appliance.research.data.candles import CandleFiles
from appliance.research.data.trades import TradeFiles

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.data.candles import Span

_MINUTE, _SECOND = "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"


@click.command("list-data", cls=CommandOfMany)
@common_options
@options_of.EXCHANGE
@options_of.CANDLE_FORMAT
@options_of.TRADES_FORMAT
@click.option("--trades", is_flag=True, help="List public trades instead of candles.")
@options_of.PAIRS
@options_of.TRADING_MODE
@click.option("--show-timerange", is_flag=True, help="Show the first and last date, and the number of rows.")
def list_data(
    config: tuple[str, ...],
    no_color: bool,
    exchange: str | None,
    trades: bool,
    pairs: tuple[str, ...],
    show_timerange: bool,
    **options: Any,
) -> None:
    """List what is stored in user_data/data/EXCHANGE; tab-separated in a pipe."""
    loaded = options_of.data_settings(config, options, exchange=exchange)
    if trades:
        headings, rows, title = _trades(loaded, pairs, with_spans=show_timerange)
    else:
        headings, rows, title = _candles(loaded, pairs, with_spans=show_timerange)
    if not rows:
        click.echo(_nothing_stored(loaded, pairs, trades=trades), err=True)
        return
    print_table(headings, rows, title=title, colour=not no_color)


def _nothing_stored(loaded: "LoadedSettings", patterns: tuple[str, ...], *, trades: bool) -> str:
    kind = loaded.settings.dataformat_trades if trades else loaded.settings.dataformat_ohlcv
    what, more = ("public trades", " --dl-trades") if trades else ("candles", "")
    of = f" of {', '.join(patterns)}" if patterns else ""
    return f"No {what}{of} in {loaded.datadir} (format {kind}): download some with `download-data{more}`"


Listing = tuple[tuple[str, ...], Sequence[tuple[str, ...]], str]


def _candles(loaded: "LoadedSettings", patterns: tuple[str, ...], *, with_spans: bool) -> Listing:

    files = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
    keys = files.keys(futures=loaded.settings.trading_mode is TradingMode.FUTURES)
    chosen = _chosen(patterns, [key.pair for key in keys])
    keys = sorted(
        (key for key in keys if key.pair in chosen),
        key=lambda key: (key.pair, timeframes.seconds(key.timeframe), key.candle_type),
    )
    title = f"Found {len(keys)} pair / timeframe combinations."
    if with_spans:
        return (
            ("Pair", "Timeframe", "Type", "From", "To", "Candles"),
            [(key.pair, key.timeframe, key.candle_type, *_dates(files.span(key), _MINUTE)) for key in keys],
            title,
        )
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in keys:
        grouped[key.pair, key.candle_type].append(key.timeframe)
    rows = [(pair, ", ".join(known), kind) for (pair, kind), known in grouped.items()]
    return ("Pair", "Timeframe", "Type"), rows, title


def _trades(loaded: "LoadedSettings", patterns: tuple[str, ...], *, with_spans: bool) -> Listing:

    futures = loaded.settings.trading_mode is TradingMode.FUTURES
    files = TradeFiles(loaded.datadir, loaded.settings.dataformat_trades, futures=futures)
    pairs = files.pairs()
    pairs = sorted(_chosen(patterns, pairs))
    kind = "futures" if futures else "spot"
    title = f"Found trades data for {len(pairs)} pair{'s' if len(pairs) != 1 else ''}."
    if with_spans:
        rows = [(pair, kind, *_dates(files.span(pair), _SECOND)) for pair in pairs]
        return ("Pair", "Type", "From", "To", "Trades"), rows, title
    return ("Pair", "Type"), [(pair, kind) for pair in pairs], title


def _chosen(patterns: tuple[str, ...], pairs: list[str]) -> set[str]:

    return set(expand(patterns, dict.fromkeys(pairs)) if patterns else pairs)


def _dates(span: "Span | None", layout: str) -> tuple[str, str, str]:
    if span is None:
        return "", "", "0"
    first, last = (timeframes.to_date(at).strftime(layout) for at in (span.first_ms, span.last_ms))
    return first, last, str(span.count)
