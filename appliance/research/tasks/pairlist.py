"""Evaluate pair lists as a job: what `test-pairlist` does."""

import asyncio
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.enums import RunMode
from appliance.exchange.factory import opened_market_data
from appliance.research.backtest.whitelist import chain_for
from appliance.research.tasks.settings import Arguments, of_exchange, settings_of

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.jobs.report import Report

_TIMEFRAME, _STOPLOSS = "5m", -0.1
"""Where neither is configured: only a strategy knows them."""


def evaluate(arguments: Arguments, report: "Report") -> bytes:
    """Return the pairs that a chain of lists chooses. Raises ApplianceError."""
    asked = arguments["asked"]
    changes = {
        "stake_currency": asked["stake_currency"],
        "pairlists": asked["pairlists"],
        "exchange.pair_blacklist": asked["blacklist"],
    }
    loaded = settings_of(arguments, RunMode.UTIL_EXCHANGE, **changes, **of_exchange(asked))
    report.begin("Evaluating the pair lists", 0)
    return msgspec.json.encode(asyncio.run(_evaluated(loaded)))


async def _evaluated(loaded: "LoadedSettings") -> dict[str, object]:
    settings = loaded.settings
    async with opened_market_data(settings.exchange, mode=settings.trading_mode) as data:
        chain = chain_for(
            loaded,
            data,
            timeframe=settings.timeframe or _TIMEFRAME,
            stoploss=_STOPLOSS if settings.stoploss is None else settings.stoploss,
            max_open_trades=settings.max_open_trades,
        )
        pairs = await chain.whitelist()
    answer = {"whitelist": pairs, "length": len(pairs), "method": chain.names}
    return {"status": "success", "error": None, "result": answer}
