"""`appliance new-config`: write a configuration from prompts or options, with random secrets."""

import sys
from pathlib import Path
from typing import Any

import click

from appliance.config.starter import DEMO_PAIRS, USERNAME, Choices, as_text, new_configuration
from appliance.config.userdir import write_private
from appliance.domain.errors import ConfigurationError

# Option, prompt and default.
_QUESTIONS: tuple[tuple[str, str, str | int | bool], ...] = (
    ("exchange", "Exchange (name, or simulated)", "simulated"),
    ("dry_run", "Dry-run (no real money)", True),
    ("stake_currency", "Stake currency", "USDT"),
    ("stake_amount", "Stake of one trade (a number, or unlimited)", "unlimited"),
    ("max_open_trades", "Maximum open trades", 5),
    ("fiat_display_currency", "Fiat currency to show amounts in", "USD"),
    ("listen_ip_address", "Address of API and dashboard", "127.0.0.1"),
    ("listen_port", "Port of API and dashboard", 8080),
    ("username", "User name for API and dashboard", USERNAME),
)
_REAL_PAIRS = ("BTC", "ETH")


@click.command("new-config")
@click.option(
    "-c", "--config", metavar="PATH", help="File to write; default config.json, in user_data if there is one."
)
@click.option(
    "--userdir", "--user-data-dir", "user_data_dir", metavar="PATH", help="User data folder to write it to."
)
@click.option("--exchange", metavar="NAME", help="Name of the exchange, or simulated.")
@click.option(
    "--pair", "pairs", multiple=True, metavar="PAIR", help="Pair to trade; may be given several times."
)
@click.option("--dry-run/--live", "dry_run", default=None, help="Simulate orders, or trade with real money.")
@click.option("--stake-currency", metavar="NAME", help="Stake currency.")
@click.option("--stake-amount", metavar="AMOUNT", help="Stake of one trade, or unlimited.")
@click.option("--max-open-trades", type=int, metavar="N", help="Maximum number of open trades.")
@click.option("--fiat-display-currency", metavar="NAME", help="Fiat currency to show amounts in, too.")
@click.option("--listen-ip-address", metavar="ADDRESS", help="Address of API and dashboard.")
@click.option(
    "--listen-port", type=click.IntRange(0, 65535), metavar="PORT", help="Port of API and dashboard."
)
@click.option("--username", metavar="NAME", help="User name for API and dashboard.")
@click.option("--timeframe", metavar="LENGTH", help="Timeframe; default: the strategy's.")
@click.option("-s", "--strategy", metavar="NAME", help="Class name of the strategy.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.option("-y", "--yes", is_flag=True, help="Do not prompt; use defaults for options not given.")
def new_config(
    config: str | None,
    user_data_dir: str | None,
    force: bool,
    yes: bool,
    pairs: tuple[str, ...],
    **options: Any,
) -> None:
    """Write a new configuration with random secrets. On a terminal, prompt for options not given."""
    file = _file(config, user_data_dir)
    if file.exists() and not force:
        raise ConfigurationError(
            f"{file}: exists already; use --force to overwrite it, or another name with -c"
        )
    asking = sys.stdin.isatty() and sys.stdout.isatty() and not yes
    answers = {
        name: _answer(question, options.pop(name), default, asking) for name, question, default in _QUESTIONS
    }
    answers["stake_amount"] = _stake(str(answers["stake_amount"]))
    if asking and answers["exchange"] != "simulated" and not answers["dry_run"]:
        options["key"] = click.prompt("API key", default="", hide_input=True, show_default=False)
        options["secret"] = click.prompt("API secret", default="", hide_input=True, show_default=False)
    chosen = pairs or _pairs(answers["exchange"], answers["stake_currency"])
    given = {name: value for name, value in options.items() if value is not None}
    choices = Choices(pairs=chosen, **answers, **given)
    write_private(file, as_text(new_configuration(choices)), overwrite=force)
    click.echo(
        f"Wrote {file.absolute()}; it contains the new password. Start with: appliance trade -c {file}"
    )


def _file(config: str | None, user_data_dir: str | None) -> Path:
    if config:
        return Path(config)
    folder = Path(user_data_dir or "user_data")
    return folder / "config.json" if user_data_dir or folder.is_dir() else Path("config.json")


def _answer(question: str, given: Any, default: Any, asking: bool) -> Any:
    if given is not None:
        return given
    if not asking:
        return default
    return click.confirm(question, default) if isinstance(default, bool) else click.prompt(question, default)


def _stake(text: str) -> float | str:
    if text == "unlimited":
        return text
    try:
        amount = float(text)
    except ValueError:
        amount = 0.0
    if not 0 < amount < float("inf"):
        raise ConfigurationError(f'--stake-amount: expected a number above 0 or "unlimited", found "{text}"')
    return amount


def _pairs(exchange: str, stake_currency: str) -> tuple[str, ...]:
    if exchange == "simulated":
        return DEMO_PAIRS
    return tuple(f"{base}/{stake_currency}" for base in _REAL_PAIRS if base != stake_currency)
