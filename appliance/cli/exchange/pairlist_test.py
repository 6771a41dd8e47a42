"""`appliance test-pairlist`: evaluate the configured pair lists once."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
import msgspec

from appliance.cli.data.many_values import CommandOfMany, ManyValues
from appliance.cli.data.options import EXCHANGE, data_settings
from appliance.cli.options import configuration_options
from appliance.exchange.factory import opened_market_data
from appliance.research.backtest.whitelist import chain_for

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings

_TIMEFRAME, _STOPLOSS = "5m", -0.1
"""Where neither is configured: only a strategy knows them."""


@click.command("test-pairlist", cls=CommandOfMany)
@configuration_options
@click.option("-v", "--verbose", "verbosity", count=True, help="Log more; -vv and -vvv log even more.")
@click.option("--quote", cls=ManyValues, metavar="CURRENCY", help="Instead of stake_currency.")
@click.option("-1", "--one-column", is_flag=True, help="Print the pairs, one per line.")
@click.option("--print-json", is_flag=True, help="Print the pairs as JSON.")
@EXCHANGE
def test_pairlist(
    config: tuple[str, ...],
    quote: tuple[str, ...],
    one_column: bool,
    print_json: bool,
    exchange: str | None,
    **options: Any,
) -> None:
    """Evaluate the configured pair lists, as a bot would that has no trades yet."""
    loaded = data_settings(config, options, exchange=exchange)
    found = asyncio.run(_evaluated(loaded, quote or (loaded.settings.stake_currency,)))
    for currency, pairs in found.items():
        if one_column:
            click.echo("".join(f"{pair}\n" for pair in pairs), nl=False)
        elif print_json:
            click.echo(json.dumps(pairs, separators=(",", ":"), ensure_ascii=False))
        else:
            click.echo(f"Pairs for {currency}: \n{pairs}")


async def _evaluated(loaded: "LoadedSettings", currencies: Sequence[str]) -> dict[str, list[str]]:
    settings = loaded.settings
    async with opened_market_data(settings.exchange, mode=settings.trading_mode) as data:
        found = {}
        for currency in currencies:
            chain = chain_for(
                replace(loaded, settings=msgspec.structs.replace(settings, stake_currency=currency)),
                data,
                timeframe=settings.timeframe or _TIMEFRAME,
                stoploss=_STOPLOSS if settings.stoploss is None else settings.stoploss,
                max_open_trades=settings.max_open_trades,
            )
            found[currency] = await chain.whitelist()
    return found
