"""The `appliance` command: its subcommands are imported only when they are called."""

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from appliance.cli.error_messages import described
from appliance.cli.options import VERSION_OPTION
from appliance.config.logs.log_lines import one_line
from appliance.config.secrets import without_url_password
from appliance.domain.errors import ApplianceError

# Name: module, function, and its line in --help, which is shown without importing the module.
_COMMANDS = {
    "trade": ("trade", "trade", "Run the bot, with API and dashboard."),
    "create-userdir": ("userdir", "create_userdir", "Make the user data folder."),
    "new-config": ("new_config", "new_config", "Write a new configuration with secrets of its own."),
    "show-config": (
        "show_config",
        "show_config",
        "Show the configuration as it comes out of all its sources.",
    ),
    "list-strategies": (
        "strategies",
        "list_strategies_command",
        "List strategies, the broken ones with the reason.",
    ),
    "download-data": ("download_data", "download_data", "Download candles for backtests."),
    "list-data": ("list_data", "list_data", "List the candles and trades that are stored."),
    "convert-data": ("convert_data", "convert_data", "Write stored candles in another format."),
    "convert-trade-data": (
        "convert_data",
        "convert_trade_data",
        "Write stored public trades in another format.",
    ),
    "trades-to-ohlcv": ("convert_data", "trades_to_ohlcv", "Make candles of stored public trades."),
    "token": ("token", "token", "Make, list and revoke API tokens; hash the password."),
    "orders": ("orders", "orders", "List what was sent; settle orders whose answer was lost."),
    "audit": ("audit", "audit", "Read the audit log, and verify that it is what was written."),
    "packages": ("packages", "packages", "Install Python packages that strategies need."),
    "client": ("client", "client", "Command a running bot, here or elsewhere, over its API."),
    "version": ("version", "version", "Show versions."),
}


class _LateCommands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, function, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"appliance.cli.{module}"), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])


@click.group(
    cls=_LateCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@VERSION_OPTION
def _appliance(**_: Any) -> None:
    """A trading bot in one file, for configurations and strategies written for freqtrade."""


def main(
    arguments: Sequence[str] | None = None, command: click.Command = _appliance, name: str = "appliance"
) -> NoReturn:
    """Run the command line and exit with its status; errors are told in a line each, without a traceback."""
    sys.exit(_run(arguments, command, name))


def _run(
    arguments: Sequence[str] | None, command: click.Command = _appliance, name: str = "appliance"
) -> int:
    try:
        status = command.main(arguments, prog_name=name, standalone_mode=False)
    except ApplianceError as error:
        for line in without_url_password(str(error)).splitlines() or [type(error).__name__]:
            _tell(one_line(line))
        return error.exit_status
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        _leave_output()
        return 1
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        return _told(error)
    return _flushed(status if isinstance(status, int) else 0)


def _told(error: Exception) -> int:
    """Tell in one line what a file or the machine is the cause of. Raises all else again."""
    text = described(error)
    if text is None:
        raise error
    _tell(one_line(text))
    return 2


def _flushed(status: int) -> int:
    """Return the status, or another one where what was printed cannot be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _leave_output()
        return 1
    except OSError as error:
        _leave_output()
        return _told(error)
    return status


def _leave_output() -> None:
    """Let what Python still wants to write go nowhere: nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _tell(line: str) -> None:
    with contextlib.suppress(OSError):  # nobody listens
        # click leaves the colour out where standard error is no terminal.
        click.echo(click.style("error: ", fg="red") + line, err=True)
