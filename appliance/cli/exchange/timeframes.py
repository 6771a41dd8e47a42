"""`appliance list-timeframes`: list the candle lengths of an exchange."""

from typing import Any

import click

from appliance.cli.data.options import EXCHANGE, TRADING_MODE, data_settings
from appliance.cli.options import common_options
from appliance.exchange.known_exchanges import display_name, timeframes


@click.command("list-timeframes")
@common_options
@EXCHANGE
@click.option("-1", "--one-column", is_flag=True, help="Print one per line.")
@TRADING_MODE
def list_timeframes(
    config: tuple[str, ...], no_color: bool, exchange: str | None, one_column: bool, **options: Any
) -> None:
    """List the candle lengths of an exchange, without asking it."""
    name = data_settings(config, options, exchange=exchange).settings.exchange.source
    offered = timeframes(name)
    if one_column:
        click.echo("\n".join(offered))
    else:
        click.echo(f"Timeframes available for the exchange `{display_name(name)}`: {', '.join(offered)}")
