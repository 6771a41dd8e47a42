"""The `appliance` command; subcommands are imported only when called."""

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from appliance.cli.elsewhere import instead
from appliance.cli.error_messages import described
from appliance.cli.options import VERSION_OPTION
from appliance.config.logs.log_lines import one_line
from appliance.config.secrets import without_url_password
from appliance.domain.errors import ApplianceError, ConfigurationError

# Name: module, function, and the line in --help, which needs no import of the module.
_COMMANDS = {
    "trade": ("trade", "trade", "Run the bot, with API and dashboard."),
    "webserver": ("webserver", "webserver", "Serve backtests, downloads and charts over the API."),
    "create-userdir": ("userdir", "create_userdir", "Create the user data folder."),
    "new-config": ("new_config", "new_config", "Write a new configuration with random secrets."),
    "show-config": (
        "show_config",
        "show_config",
        "Show the configuration merged from all sources.",
    ),
    "list-strategies": (
        "strategy_files.listing",
        "list_strategies_command",
        "List strategies, and why some cannot be loaded.",
    ),
    "new-strategy": ("strategy_files.new_strategy", "new_strategy", "Write a strategy to start from."),
    "strategy-updater": (
        "strategy_files.updater",
        "strategy_updater",
        "Rewrite strategies of freqtrade's interface 2.",
    ),
    "list-exchanges": ("exchange.exchanges", "list_exchanges", "List the exchanges to trade on."),
    "list-markets": ("exchange.markets", "list_markets", "List everything that an exchange trades."),
    "list-pairs": ("exchange.markets", "list_pairs", "List the pairs that can be traded on an exchange."),
    "list-timeframes": (
        "exchange.timeframes",
        "list_timeframes",
        "List the candle lengths of an exchange.",
    ),
    "test-pairlist": ("exchange.pairlist_test", "test_pairlist", "Evaluate the configured pair lists."),
    "list-hyperoptloss": ("strategy_files.losses", "list_losses", "List loss functions of hyperopt."),
    "list-freqaimodels": (
        "strategy_files.freqai_models",
        "list_freqai_models",
        "List models of machine learning: there are none.",
    ),
    "download-data": ("data.download", "download_data", "Download candles and public trades."),
    "list-data": ("data.listing", "list_data", "List the candles and trades that are stored."),
    "convert-data": ("data.convert", "convert_data", "Write stored candles in another format."),
    "convert-trade-data": (
        "data.convert",
        "convert_trade_data",
        "Write stored public trades in another format.",
    ),
    "trades-to-ohlcv": ("data.convert", "trades_to_ohlcv", "Make candles of stored public trades."),
    "backtesting": ("research.backtesting", "backtesting", "Test strategies on stored candles."),
    "backtesting-show": (
        "research.show",
        "backtesting_show",
        "Show the result of an earlier backtest.",
    ),
    "backtesting-analysis": (
        "research.analysis",
        "backtesting_analysis",
        "Analyse a result's trades by their signals.",
    ),
    "lookahead-analysis": (
        "research.lookahead",
        "lookahead_analysis",
        "Find signals that know later candles.",
    ),
    "recursive-analysis": (
        "research.recursive",
        "recursive_analysis",
        "Find how many candles indicators need.",
    ),
    "hyperopt": ("hyperopt.search", "hyperopt", "Search the parameters of a strategy."),
    "hyperopt-list": ("hyperopt.results", "hyperopt_list", "List the epochs of a search."),
    "hyperopt-show": ("hyperopt.results", "hyperopt_show", "Show an epoch of a search."),
    "hyperopt-scheduler": ("hyperopt.worker", "hyperopt_scheduler", "Hand out epochs to other machines."),
    "hyperopt-worker": ("hyperopt.worker", "hyperopt_worker", "Evaluate epochs for other machines."),
    "walk-forward": (
        "hyperopt.walk_forward",
        "walk_forward",
        "Search again and again, each tested on later time.",
    ),
    "show-trades": ("books.show_trades", "show_trades", "Show the trades of a database."),
    "convert-db": ("books.convert_db", "convert_db", "Copy a database into a new one of this version."),
    "plot-dataframe": ("research.plots", "plot_dataframe", "Draw candles with indicators and trades."),
    "plot-profit": ("research.plots", "plot_profit", "Draw the profit of trades over time."),
    "replay": ("research.replay", "replay", "Explain why a bot did not do what a backtest did."),
    "token": ("token", "token", "Create, list and revoke API tokens; hash a password."),
    "login": ("login", "login", "Show or remove codes and passkeys."),
    "orders": ("books.orders", "orders", "List orders; resolve those whose answer was lost."),
    "audit": ("books.audit", "audit", "Read and verify the audit log."),
    "backup": ("books.backup", "backup", "Back up database, configuration and strategies."),
    "install-ui": ("install_ui", "install_ui", "Install a release of FreqUI beside the dashboard."),
    "packages": ("packages", "packages", "Install Python packages that strategies need."),
    "client": ("client", "client", "Control a running bot over its API."),
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name.startswith("-") or name in _COMMANDS:
            return super().resolve_command(ctx, args)
        raise ConfigurationError(instead(name, list(_COMMANDS)))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])


@click.group(
    cls=_LateCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@VERSION_OPTION
def _appliance(**_: Any) -> None:
    """Run a trading bot with configurations and strategies written for freqtrade."""


def main(
    arguments: Sequence[str] | None = None, command: click.Command = _appliance, name: str = "appliance"
) -> NoReturn:
    """Run the command line and exit with its status; each error is one line, without a traceback."""
    sys.exit(_run(arguments, command, name))


def _run(
    arguments: Sequence[str] | None, command: click.Command = _appliance, name: str = "appliance"
) -> int:
    try:
        status = command.main(arguments, prog_name=name, standalone_mode=False)
    except ApplianceError as error:
        for line in without_url_password(str(error)).splitlines() or [type(error).__name__]:
            _print_error(one_line(line))
        return error.exit_status
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        _discard_output()
        return 1
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        return _report(error)
    return _flushed(status if isinstance(status, int) else 0)


def _report(error: Exception) -> int:
    """Print one line for an error of a file or the machine; raise any other one again."""
    text = described(error)
    if text is None:
        raise error
    _print_error(one_line(text))
    return 2


def _flushed(status: int) -> int:
    """Return the status, or another one if the output cannot be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return 1
    except OSError as error:
        _discard_output()
        return _report(error)
    return status


def _discard_output() -> None:
    """Discard the output that Python still buffers: its reader is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _print_error(line: str) -> None:
    with contextlib.suppress(OSError):  # standard error is closed
        # click omits the colour if standard error is not a terminal.
        click.echo(click.style("error: ", fg="red") + line, err=True)
