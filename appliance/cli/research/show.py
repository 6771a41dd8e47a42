"""`appliance backtesting-show`: show the result of an earlier backtest."""

from typing import Any, get_args

import click

from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.options import common_options
from appliance.cli.research import result_options as options_of
from appliance.research.backtest.options import Period


@click.command("backtesting-show", cls=CommandOfMany)
@common_options
@options_of.FILE
@options_of.FOLDER
@click.option("--show-pair-list", is_flag=True, help="List the pairs by profit, as for a configuration.")
@click.option(
    "--breakdown",
    cls=ManyValues,
    type=click.Choice(get_args(Period)),
    help="Sum the result up by these periods, too.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON.")
def backtesting_show(
    config: tuple[str, ...],
    no_color: bool,
    exportfilename: str | None,
    exportdirectory: str | None,
    show_pair_list: bool,
    breakdown: tuple[Any, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Show the result of the last backtest, or of another one; freqtrade's are read, too."""
    from appliance.research.results.read import load_result  # late: it loads numpy
    from appliance.research.results.tables import show_results  # late: it loads numpy

    loaded = options_of.settings_for_results(config, options)
    show_results(
        load_result(options_of.result_file(loaded, exportdirectory, exportfilename)),
        breakdown=breakdown or tuple(loaded.raw.get("backtest_breakdown") or ()),
        colour=not no_color,
        pair_list=show_pair_list,
        as_json=as_json,
    )
