"""Answer about exchanges: which there are, and what one of them trades."""

import asyncio
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.enums import RunMode
from appliance.exchange.known_exchanges import known_exchanges
from appliance.reports.views.markets import MarketResponse, markets_shown
from appliance.research.markets import known_markets
from appliance.research.tasks.settings import Arguments, of_exchange, settings_of

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.jobs.report import Report


def listed(arguments: Arguments, report: "Report") -> bytes:
    """Return all exchanges that ccxt knows; none is asked."""
    return msgspec.json.encode({"exchanges": known_exchanges()})


def markets(arguments: Arguments, report: "Report") -> bytes:
    """Return what an exchange trades. Raises ConfigurationError, ExchangeError."""
    asked = arguments["asked"]
    loaded = settings_of(arguments, RunMode.UTIL_EXCHANGE, **of_exchange(asked))
    return msgspec.json.encode(asyncio.run(_markets(loaded, asked)))


async def _markets(loaded: "LoadedSettings", asked: Arguments) -> MarketResponse:
    async with known_markets(loaded) as known:
        return markets_shown(
            known.markets,
            known.name,
            base=asked["base"],
            quote=asked["quote"],
            include_inactive=asked["include_inactive"],
        )
