"""Write the pages of plots into the folder `plot` of the user data."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.errors import ConfigurationError, DataError
from appliance.research.backtest.candles import rows_of
from appliance.research.backtest.plan import planned
from appliance.research.backtest.series import Rows
from appliance.research.data.candles import replace_file
from appliance.research.data.layout import file_name
from appliance.research.plots.frames import analysed_frames, stored_candles, stored_pairs
from appliance.research.plots.indicators import drawn
from appliance.research.plots.pair_page import Subject, pair_page
from appliance.research.plots.profit_page import profit_page
from appliance.research.plots.trades import FoundTrades
from appliance.research.report.terms import Terms
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings

log = logging.getLogger(__name__)

PROFIT_FILE = "freqtrade-profit-plot.html"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """State what to draw: pairs (none: the whitelist), range, columns, how many candles at most."""

    pairs: Sequence[str] = ()
    timerange: TimeRange = field(default_factory=TimeRange)
    indicators1: Sequence[str] = ()
    indicators2: Sequence[str] = ()
    limit: int | None = None


@dataclass(frozen=True)
class PairSeries:
    """Hold the candles of a pair."""

    pair: str
    rows: Rows


def write_pair_pages(
    loaded: "LoadedSettings", wanted: Wanted, found: FoundTrades | None, no_trades: str = ""
) -> Iterator[Path]:
    """Write a page for each pair, and yield its file. `no_trades` says why none are shown at all.

    Raises ApplianceError for whatever the user has to change.
    """
    plan = planned(loaded)
    candidate = plan.candidates[0]
    pairs = stored_pairs(loaded, plan.timeframe, wanted.pairs)
    plot_config = candidate.strategy.plot_config
    drawing = drawn(plot_config, wanted.indicators1, wanted.indicators2)
    trades = found.trades if found else ()
    for pair, frame in analysed_frames(plan, pairs, wanted.timerange, wanted.limit):
        subject = Subject(
            pair=pair,
            timeframe=plan.timeframe,
            strategy=candidate.name,
            stake_currency=candidate.loaded.settings.stake_currency,
        )
        file = _folder(loaded) / f"freqtrade-plot-{file_name(pair)}-{plan.timeframe}.html"
        of_pair = [trade for trade in trades if trade.pair == pair]
        replace_file(file, pair_page(subject, frame, drawing, of_pair, no_trades))
        yield file


def write_profit_page(loaded: "LoadedSettings", wanted: Wanted, found: FoundTrades) -> Path:
    """Write the page of profits, and return its file. Raises ApplianceError."""
    settings = loaded.settings
    timeframe = settings.timeframe or (found.terms.timeframe if found.terms else "")
    if not timeframe:
        raise ConfigurationError("timeframe: name one by --timeframe, or in a configuration, e.g. 5m")
    terms = found.terms or Terms(timeframe=timeframe, stake_currency=settings.stake_currency)
    terms = replace(terms, timeframe=timeframe, facts=(("Trades from", found.source), *terms.facts))
    pairs = stored_pairs(loaded, timeframe, wanted.pairs)
    candles = stored_candles(loaded, pairs, timeframe, wanted.timerange)
    series = [PairSeries(pair, rows_of(table)) for pair, table in candles]
    closed = [trade for trade in found.trades if not trade.is_open]
    if not closed:
        raise DataError(f"There are no closed trades in {found.source}")
    page = profit_page(closed, series, terms, found.starting_balance or _starting_balance(loaded))
    file = _folder(loaded) / PROFIT_FILE
    replace_file(file, page)
    return file


def _starting_balance(loaded: "LoadedSettings") -> float:
    """Return the capital that the configuration states, in stake currency."""
    settings = loaded.settings
    wallet = settings.dry_run_wallet
    of_wallet = wallet.get(settings.stake_currency, 0.0) if isinstance(wallet, dict) else wallet
    return settings.available_capital or of_wallet


def _folder(loaded: "LoadedSettings") -> Path:
    return loaded.user_data_dir / "plot"
