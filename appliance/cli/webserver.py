"""`appliance webserver`: serve research without a bot: backtests, downloads, charts."""

import logging
import sys
from pathlib import Path

import click

from appliance.cli.first_start import created_lines, first_start, needs_first_start
from appliance.cli.options import common_options, overrides
from appliance.config.loading import Sources, load, named_userdir
from appliance.config.logs.setup import set_up_logs
from appliance.config.userdir import make_user_data
from appliance.domain.enums import RunMode
from appliance.domain.json_value import Json

log = logging.getLogger("appliance")


@click.command()
@common_options
def webserver(config: tuple[str, ...], no_color: bool, **options: Json) -> int:
    """Serve backtests, downloads, charts and analyses over the API, without a bot.

    Without a configuration it creates one, with random secrets.
    """
    given = overrides(options)
    userdir = Path(named_userdir(given) or "user_data")
    new = not config and needs_first_start(userdir)
    if new:
        first_start(userdir)
    loaded = load(Sources(config, {**given, "api_server.enabled": True}), runmode=RunMode.WEBSERVER)
    make_user_data(loaded.user_data_dir)
    for line in created_lines(loaded) if new else ():
        click.echo(line)
    logs = set_up_logs(loaded, colour=sys.stderr.isatty() and not no_color)
    try:
        for warning in loaded.warnings:
            log.warning("%s", warning)
        from appliance.cli.webserver_run import run  # late: it loads aiohttp

        def show_address() -> None:
            server = loaded.settings.api_server
            click.echo(f"Webserver mode: {server.url}, user {server.username}")
            if new:
                click.echo(f"Password: {server.password} (also in the configuration; it is not shown again)")

        return run(loaded, logs, on_available=show_address)
    finally:
        logs.close()
