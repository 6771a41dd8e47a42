"""`appliance new-strategy`: write a strategy to start from."""

from pathlib import Path
from typing import Any, get_args

import click

from appliance.cli.settings import configured
from appliance.config.userdir import write_private
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError
from appliance.strategy.new_strategy import Template, strategy_text


@click.command("new-strategy")
@click.option("--userdir", "--user-data-dir", "user_data_dir", metavar="PATH", help="User data folder.")
@click.option("-s", "--strategy", metavar="NAME", help="Name of its class, and of its file.")
@click.option("--strategy-path", metavar="PATH", help="Folder to write it to.  [user_data/strategies]")
@click.option(
    "--template",
    type=click.Choice(get_args(Template)),
    default="full",
    show_default=True,
    help="full: an example that trades. minimal: what every strategy has. advanced: every callback.",
)
def new_strategy(strategy: str | None, strategy_path: str | None, template: Template, **options: Any) -> None:
    """Write a new strategy; its text runs here and in freqtrade."""
    if not strategy:
        raise ConfigurationError("--strategy: missing; expected the name of a class, such as MyStrategy")
    text = strategy_text(strategy, template)
    folder = configured((), options, runmode=RunMode.UTIL_NO_EXCHANGE).user_data_dir / "strategies"
    if strategy_path:
        folder = Path(strategy_path).expanduser()
    file = folder / f"{strategy}.py"
    if file.exists():
        raise ConfigurationError(f"{file}: exists already; choose another name with --strategy")
    folder.mkdir(parents=True, exist_ok=True)
    write_private(file, text)
    click.echo(f"Wrote {file}", err=True)
