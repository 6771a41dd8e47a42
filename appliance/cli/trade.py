"""`appliance trade`: load the settings, set up the logs, run the bot."""

import dataclasses
import logging
import sys
from pathlib import Path

import click
import msgspec

from appliance.cli.first_start import created_lines, first_start, login_lines, needs_first_start
from appliance.cli.options import common_options, overrides, strategy_options, trade_options
from appliance.cli.settings import holds_trades
from appliance.config.loading import LoadedSettings, Sources, load, named_userdir
from appliance.config.logs.setup import Logs, set_up_logs
from appliance.config.userdir import make_user_data
from appliance.domain.errors import ConfigurationError
from appliance.domain.json_value import Json
from appliance.storage.inspection import count_open_trades

logger = logging.getLogger("appliance")


@click.command()
@common_options
@strategy_options
@trade_options
def trade(config: tuple[str, ...], no_color: bool, reload_on_change: bool, **options: Json) -> int | None:
    """Run the bot, with API and dashboard.

    Without a configuration it creates one, with random secrets, for dry-run on the simulated exchange.
    """
    given = overrides(options)
    userdir = Path(named_userdir(given) or "user_data")
    new = not config and needs_first_start(userdir)
    if new:
        first_start(userdir)
    loaded = load(Sources(config, given), holds_trades=holds_trades)
    make_user_data(loaded.user_data_dir)
    for line in created_lines(loaded) if new else ():
        click.echo(line)
    logs = _logs(loaded, colour=sys.stderr.isatty() and not no_color)
    try:
        _log_sources(loaded)
        from appliance.cli.run import run  # late: it loads aiohttp

        def show_login() -> None:
            for line in login_lines(loaded, new=new):
                click.echo(line)

        return run(loaded, logs, reload_on_change=reload_on_change, on_available=show_login)
    finally:
        logs.close()


def _logs(loaded: LoadedSettings, *, colour: bool) -> Logs:
    """Set up the logs. If they cannot be written as configured and trades are open, use standard error."""
    try:
        return set_up_logs(loaded, colour=colour)
    except ConfigurationError as error:
        if not count_open_trades(loaded.db_url):
            raise
        plain = msgspec.structs.replace(loaded.settings, logfile=None, log_config={})
        logs = set_up_logs(dataclasses.replace(loaded, settings=plain), colour=colour)
        logger.error("Setting up the log failed: %s; logging to standard error to protect open trades", error)
        return logs


def _log_sources(loaded: LoadedSettings) -> None:
    for file in loaded.files:
        logger.info("Configuration %s", file.absolute())
    for warning in loaded.warnings:
        logger.warning("%s", warning)
