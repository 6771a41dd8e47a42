"""The common options of commands, with freqtrade's names, and the settings that they override."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from appliance import __version__
from appliance.domain.json_value import Json, JsonObject

Command = TypeVar("Command", bound=Callable[..., Any])


def _show_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(f"appliance {__version__}")
        ctx.exit()


VERSION_OPTION = click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)

_CONFIGURATION = (
    click.option(
        "-c",
        "--config",
        multiple=True,
        metavar="PATH",
        help="Configuration file; may be given several times, later ones override earlier ones; - is "
        "standard input. Default: config.json in the user data folder, or in the working folder.",
    ),
    click.option("--userdir", "--user-data-dir", "user_data_dir", metavar="PATH", help="User data folder."),
)
_COMMON = (
    *_CONFIGURATION,
    click.option("-d", "--datadir", "--data-dir", "datadir", metavar="PATH", help="Folder of candle files."),
    click.option(
        "--logfile",
        "--log-file",
        "logfile",
        metavar="FILE",
        help="Log to this file, too, or to syslog, or journald.",
    ),
    click.option("-v", "--verbose", "verbosity", count=True, help="Log more; -vv and -vvv log even more."),
    click.option("--no-color", is_flag=True, help="Print without colours."),
    VERSION_OPTION,
)
_STRATEGY_SEARCH = (
    click.option(
        "--strategy-path", metavar="PATH", help="Folder of strategies, searched before the default one."
    ),
    click.option("--recursive-strategy-search", is_flag=True, help="Search subfolders for strategies, too."),
)
_STRATEGY = (
    click.option("-s", "--strategy", metavar="NAME", help="Class name of the strategy."),
    *_STRATEGY_SEARCH,
    click.option("--freqaimodel", metavar="NAME", hidden=True),
    click.option("--freqaimodel-path", metavar="PATH", hidden=True),
)
_TRADE = (
    click.option("--db-url", metavar="URL", help="Trades database, e.g. sqlite:///tradesv3.sqlite."),
    click.option("--sd-notify", is_flag=True, help="Notify systemd of readiness and health."),
    click.option("--dry-run", is_flag=True, help="Simulate orders, whatever the configuration says."),
    click.option(
        "--dry-run-wallet",
        "--starting-balance",
        "dry_run_wallet",
        type=float,
        metavar="AMOUNT",
        help="Initial balance in dry-run.",
    ),
    click.option(
        "--reload", "reload_on_change", is_flag=True, help="Reload when the strategy's files change."
    ),
    click.option(
        "--fee", type=float, metavar="RATIO", help="Fee as a ratio, e.g. 0.001, instead of the exchange's."
    ),
)


def _all_of(options: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def configuration_options(command: Command) -> Command:
    return _all_of(_CONFIGURATION)(command)


def common_options(command: Command) -> Command:
    return _all_of(_COMMON)(command)


def search_options(command: Command) -> Command:
    return _all_of(_STRATEGY_SEARCH)(command)


def strategy_options(command: Command) -> Command:
    return _all_of(_STRATEGY)(command)


def trade_options(command: Command) -> Command:
    return _all_of(_TRADE)(command)


def overrides(options: Mapping[str, Json]) -> JsonObject:
    """Return the settings that the options override; options not given and flags not set override none."""
    not_settings = ("config", "no_color", "reload_on_change")
    given: JsonObject = {
        name: value
        for name, value in options.items()
        if name not in not_settings and value is not None and value is not False
    }
    if given.get("verbosity") == 0:
        del given["verbosity"]
    if given.pop("sd_notify", False):
        given["internals.sd_notify"] = True
    return given
