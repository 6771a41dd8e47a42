"""The options of `hyperopt`, with freqtrade's names; reports, `--continue` and `--scheduler` are ours."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from appliance.cli.data.many_values import ManyValues

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.option(
    "--hyperopt-filename",
    "hyperoptexportfilename",
    metavar="FILENAME",
    help="File of the search, in user_data/hyperopt_results or elsewhere; by default the last one.",
)
JSON = click.option("--print-json", is_flag=True, help="Print parameters as JSON.")
NO_EXPORT = click.option(
    "--disable-param-export", "disableparamexport", is_flag=True, help="Do not write the parameter file."
)

_OPTIONS = (
    click.option(
        "-e", "--epochs", type=click.IntRange(min=1), metavar="N", help="How many values to test.  [100]"
    ),
    click.option(
        "--spaces",
        cls=ManyValues,
        metavar="SPACES",
        help="What to search: default, all, buy, sell, enter, exit, roi, stoploss, trailing, protection, "
        "trades, or spaces of the strategy; default is all but trailing, protection and trades.  [default]",
    ),
    click.option(
        "--hyperopt-loss",
        "--hyperoptloss",
        "hyperopt_loss",
        metavar="NAME",
        help="Loss function: the lower it is, the better the epoch; `hyperopt` without it lists them.",
    ),
    click.option(
        "--hyperopt-path",
        metavar="PATH",
        help="Folder of your loss functions, searched before user_data/hyperopts.",
    ),
    click.option(
        "-j",
        "--job-workers",
        "hyperopt_jobs",
        type=int,
        metavar="N",
        help="How many processes; -1 for one a core, -2 for one less, and so on.  [-1]",
    ),
    click.option(
        "--random-state",
        "hyperopt_random_state",
        type=click.IntRange(min=1),
        metavar="N",
        help="Seed: the same one searches the same values.",
    ),
    click.option(
        "--min-trades",
        "hyperopt_min_trades",
        type=int,
        metavar="N",
        help="An epoch with fewer trades is never the best.  [1]",
    ),
    click.option(
        "--early-stop",
        type=click.IntRange(min=0),
        metavar="N",
        help="End after so many epochs without a better one.",
    ),
    click.option(
        "--scheduler",
        metavar="URL",
        help="Spread the epochs over the workers of this Dask scheduler, e.g. tcp://10.0.0.1:8786.",
    ),
    click.option("--analyze-per-epoch", is_flag=True, help="Make indicators anew in each epoch."),
    click.option(
        "--ignore-missing-spaces",
        "--ignore-unparameterized-spaces",
        "hyperopt_ignore_missing_space",
        is_flag=True,
        help="Leave out spaces without parameters.",
    ),
)
_SHOWN = (
    click.option("--print-all", is_flag=True, help="Show every epoch, not only better ones."),
    JSON,
    NO_EXPORT,
    click.option("--no-report", is_flag=True, help="Do not examine how far the result can be trusted."),
    click.option(
        "--histories",
        type=click.IntRange(min=0),
        metavar="N",
        help="Made-up histories that the report tests the best parameters on.  [10]",
    ),
    click.option(
        "--continue",
        "continue_search",
        is_flag=True,
        help="Go on with the last search, or that of --hyperopt-filename, which was interrupted.",
    ),
    FILE,
)


def search_options(command: Command) -> Command:
    """Add the options of a search to a command."""
    for option in reversed((*_OPTIONS, *_SHOWN)):
        command = option(command)
    return command


def options_of_searches(command: Command) -> Command:
    """Add the options that decide what searches find to a command that makes several."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
