"""`appliance hyperopt-list` and `hyperopt-show`: the epochs of searches, ours and freqtrade's."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.hyperopt import options as options_of
from appliance.cli.options import common_options
from appliance.cli.settings import configured
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError, DataError
from appliance.research.backtest.options import Period
from appliance.research.hyperopt.results.folder import results_folder
from appliance.research.results.printing.output import Output
from appliance.strategy.loading.loader import search_folders, source_of

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.hyperopt.results.filters import Filters
    from appliance.research.hyperopt.results.stored import Record

Command = TypeVar("Command", bound=Callable[..., Any])

_CHOICE = (
    click.option("--best", "only_best", is_flag=True, help="Only epochs that were better than all before."),
    click.option("--profitable", "only_profitable", is_flag=True, help="Only epochs with a profit."),
)
_LIMITS = {
    "min_trades": (int, "Only epochs with more trades."),
    "max_trades": (int, "Only epochs with fewer trades."),
    "min_avg_time": (float, "Only epochs whose trades are longer on average (minutes)."),
    "max_avg_time": (float, "Only epochs whose trades are shorter on average (minutes)."),
    "min_avg_profit": (float, "Only epochs with a higher average profit (percent)."),
    "max_avg_profit": (float, "Only epochs with a lower average profit (percent)."),
    "min_total_profit": (float, "Only epochs with a higher profit (stake currency)."),
    "max_total_profit": (float, "Only epochs with a lower profit (stake currency)."),
    "min_objective": (float, "Only epochs with a loss below this."),
    "max_objective": (float, "Only epochs with a loss above this."),
}


def _limits(command: Command) -> Command:
    for name, (kind, text) in reversed(_LIMITS.items()):
        command = click.option(f"--{name.replace('_', '-')}", type=kind, metavar="N", help=text)(command)
    return command


def _choice(command: Command) -> Command:
    for option in reversed(_CHOICE):
        command = option(command)
    return command


@click.command("hyperopt-list")
@common_options
@_choice
@_limits
@options_of.JSON
@click.option("--no-details", is_flag=True, help="Do not show the best of them.")
@options_of.FILE
@click.option("--export-csv", metavar="FILE", help="Write them as CSV, instead of a table.")
def hyperopt_list(
    config: tuple[str, ...],
    no_color: bool,
    print_json: bool,
    no_details: bool,
    hyperoptexportfilename: str | None,
    export_csv: str | None,
    **options: Any,
) -> None:
    """List the epochs of the last search, or of another one; freqtrade's are read, too."""
    from appliance.research.hyperopt.results.export import write_csv  # late: it loads numpy
    from appliance.research.hyperopt.results.table import epochs_table  # late: it loads numpy

    filters, options = _filters(options)
    loaded = configured(config, options, runmode=RunMode.UTIL_NO_EXCHANGE)
    epochs, total = _chosen(_file(loaded, hyperoptexportfilename), filters)
    if export_csv:
        write_csv(Path(export_csv).expanduser(), epochs)
        click.echo(f"Saved {len(epochs)} epochs to {export_csv}", err=True)
    else:
        Output(colour=not no_color).table(epochs_table(epochs, total))
    if epochs and not no_details:
        best = min(epochs, key=lambda epoch: float("inf") if epoch["loss"] is None else epoch["loss"])
        _show_details("Best result", best, total, as_json=print_json)


@click.command("hyperopt-show", cls=CommandOfMany)
@common_options
@_choice
@click.option(
    "-n",
    "--index",
    type=int,
    default=-1,
    metavar="N",
    help="Which of the chosen epochs, from 1; negative: from the end.  [-1]",
)
@options_of.JSON
@options_of.FILE
@click.option("--no-header", is_flag=True, help="Do not show the epoch's line.")
@options_of.NO_EXPORT
@click.option(
    "--breakdown",
    cls=ManyValues,
    type=click.Choice(get_args(Period)),
    help="Sum the result up by these periods, too.",
)
def hyperopt_show(
    config: tuple[str, ...],
    no_color: bool,
    index: int,
    print_json: bool,
    hyperoptexportfilename: str | None,
    no_header: bool,
    disableparamexport: bool,
    breakdown: tuple[Period, ...],
    **options: Any,
) -> None:
    """Show an epoch, and write its parameters to the strategy's parameter file; freqtrade's are read, too."""
    from appliance.research.hyperopt.results.stored import epoch_at  # late: it loads numpy
    from appliance.research.results.tables import show_strategy  # late: it loads numpy

    filters, options = _filters(options)
    loaded = configured(config, options, runmode=RunMode.UTIL_NO_EXCHANGE)
    file = _file(loaded, hyperoptexportfilename)
    epochs, total = _chosen(file, filters)
    count = len(epochs)
    if not count:
        click.echo("No epoch is chosen: nothing to show")
        return
    if not -count <= index <= count:
        raise ConfigurationError(f"--index: expected {-count} to {count}, found {index}")
    epoch = epoch_at(file, epochs[index - 1 if index > 0 else index]["current_epoch"])
    metrics = epoch["results_metrics"]
    if "strategy_name" in metrics:
        periods = breakdown or tuple(loaded.raw.get("backtest_breakdown") or ())
        show_strategy(Output(colour=not no_color), metrics["strategy_name"], metrics, periods)
        if not (disableparamexport or loaded.raw.get("disableparamexport")):
            _export(loaded, epoch)
    _show_details("" if no_header else "Epoch details", epoch, total, as_json=print_json)


def _filters(options: dict[str, Any]) -> "tuple[Filters, dict[str, Any]]":
    """Return the filters, and the options that are left."""
    from appliance.research.hyperopt.results.filters import Filters  # late: it loads numpy

    chosen = {name: options.pop(name) for name in Filters.__struct_fields__ if name in options}
    return Filters(**{name: value for name, value in chosen.items() if value is not None}), options


def _file(loaded: "LoadedSettings", name: str | None) -> Path:
    from appliance.research.hyperopt.results.files import find_file  # late: it loads numpy

    return find_file(
        results_folder(loaded.user_data_dir), name or loaded.raw.get("hyperoptexportfilename") or None
    )


def _chosen(file: Path, filters: "Filters") -> "tuple[list[Record], int]":
    """Return the chosen epochs without their trades, and how many there are in all."""
    from appliance.research.hyperopt.results.stored import epochs_of, light  # late: it loads numpy

    total = 0

    def counted() -> "Any":
        nonlocal total
        for epoch in epochs_of(file):
            total += 1
            yield light(epoch)

    epochs = list(filters.chosen(counted()))
    if not total:
        raise DataError(f"{file} has no epochs")
    return epochs, total


def _show_details(title: str, epoch: "Record", total: int, *, as_json: bool) -> None:
    from appliance.research.hyperopt.results import details  # late: it loads numpy

    if title:
        click.echo(f"\n{title}:\n\n{details.headline(epoch, total)}\n")
    if as_json:
        click.echo(details.parameters_as_json(epoch))
        return
    for line in details.parameter_lines(epoch):
        click.echo(line)


def _export(loaded: "LoadedSettings", epoch: "Record") -> None:
    from appliance.research.hyperopt.results.export import export_params  # late: it loads numpy

    if epoch.get("fthypt_fileversion", 1) < 2:
        return
    settings, name = loaded.settings, epoch["results_metrics"]["strategy_name"]
    extra = Path(settings.strategy_path).expanduser() if settings.strategy_path else None
    folders = search_folders(loaded.user_data_dir, extra, recursive=settings.recursive_strategy_search)
    source = source_of(name, folders)
    if source is None:
        click.echo(f"warning: no strategy {name} here: its parameters are not exported", err=True)
        return
    file = export_params(name, source, epoch["params_details"], epoch["params_not_optimized"])
    click.echo(f"Parameters exported to {file}", err=True)
