"""`appliance replay`: compare a bot's trades with a backtest of the same time."""

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.books.offline_database import look
from appliance.cli.options import common_options, strategy_options
from appliance.cli.research import progress
from appliance.cli.settings import configured
from appliance.config.logs.command_logs import command_logs
from appliance.research.replay.past import read_past
from appliance.research.replay.tables import show_comparison
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.replay.comparison import Comparison
    from appliance.research.replay.run import Wanted


@click.command()
@common_options
@strategy_options
@click.option("--db-url", metavar="URL", help="Trades database of the bot, instead of the configured.")
@click.option("--timerange", metavar="RANGE", help="Only this part of its past, e.g. 20250101T1200-20250102.")
@click.option("--timeframe-detail", metavar="TIMEFRAME", help="Shorter candles for the backtest, e.g. 1m.")
@click.option("--all", "every", is_flag=True, help="List trades that do not differ, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole comparison as JSON, as in a pipe.")
@click.option("--html", metavar="PATH", help="Write a page that opens without a network.")
def replay(  # noqa: PLR0913 -- the options of the command
    config: tuple[str, ...],
    no_color: bool,
    timerange: str | None,
    timeframe_detail: str | None,
    every: bool,
    as_json: bool,
    html: str | None,
    **options: Any,
) -> None:
    """Explain why a bot did not do what a backtest did: backtest its past, and compare trade by trade."""
    loaded = configured(config, options)
    with command_logs(loaded):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process with threads cannot be forked
        gc.set_threshold(50_000, 50, 100)
        from appliance.research.replay.run import Wanted  # late: it loads numpy

        wanted = Wanted(TimeRange.parse(timerange), timeframe_detail)
        found = _compared(loaded, wanted, colour=not no_color)
        show_comparison(found, colour=not no_color, as_json=as_json, every=every)
        if html:
            _write_page(found, Path(html))


def _compared(loaded: "LoadedSettings", wanted: "Wanted", *, colour: bool) -> "Comparison":
    from appliance.research.replay.run import replay as replayed  # late: it loads pandas

    past = look(loaded, read_past)
    with progress.shown(colour=colour) as shown:
        return replayed(loaded, past, wanted, shown)


def _write_page(found: "Comparison", file: Path) -> None:
    from appliance.research.replay.page import write_page  # late: it loads jinja2

    write_page(file, found)
    click.echo(f"Stored in {file}", err=True)
