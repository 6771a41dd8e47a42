"""The options of commands that read results, with freqtrade's names."""

from pathlib import Path
from typing import Any

import click

from appliance.cli.settings import configured
from appliance.config.loading import LoadedSettings
from appliance.domain.enums import RunMode
from appliance.research.results.folder import results_folder

FILE = click.option(
    "--backtest-filename",
    "--export-filename",
    "exportfilename",
    metavar="PATH",
    help="File of the result, in the folder of results or elsewhere; by default that of the last backtest.",
)
FOLDER = click.option(
    "--backtest-directory",
    "--export-directory",
    "exportdirectory",
    metavar="PATH",
    help="Folder of results.  [user_data/backtest_results]",
)


def settings_for_results(config: tuple[str, ...], options: dict[str, Any]) -> LoadedSettings:
    """Load the settings of a command that reads results. Raises ConfigurationError."""
    return configured(config, options, runmode=RunMode.UTIL_NO_EXCHANGE)


def result_file(loaded: LoadedSettings, folder: str | None, name: str | None) -> Path:
    """Return the file of the result that the options, or the configuration, name. Raises DataError."""
    from appliance.research.results.read import find_result  # late: it loads numpy

    return find_result(results_folder(loaded, folder), name)
