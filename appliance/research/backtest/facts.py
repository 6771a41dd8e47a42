"""Learn what a backtest needs of the exchange: markets, the pairs to test, leverage tiers and fee."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.domain.enums import TradingMode
from appliance.domain.futures import Tiers
from appliance.research.backtest.options import BacktestOptions
from appliance.research.backtest.whitelist import chain_of, check_lists, warn_of_left_out, whitelist_of
from appliance.research.markets import KnownMarkets, known_markets

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.pairlists.chain import Chain
    from appliance.strategy.interface import IStrategy

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Facts:
    """Hold what the exchange tells; `fee` is a ratio of the cost, `tiers` are by pair."""

    known: KnownMarkets
    chain: "Chain"
    whitelist: Sequence[str]
    tiers: Mapping[str, Tiers]
    fee: float


def facts_of(loaded: "LoadedSettings", options: BacktestOptions, strategies: "Sequence[IStrategy]") -> Facts:
    """Return the facts; the pair lists see the first strategy. Raises ApplianceError."""
    check_lists(loaded, len(strategies))
    facts = asyncio.run(_facts(loaded, options, strategies))
    warn_of_left_out(facts.chain)
    log.info("Fee %g on %s", facts.fee, facts.known.name)
    return facts


async def _facts(
    loaded: "LoadedSettings", options: BacktestOptions, strategies: "Sequence[IStrategy]"
) -> Facts:
    settings = loaded.settings
    async with known_markets(loaded) as known:
        chain = chain_of(loaded, strategies, known)
        pairs = await whitelist_of(chain, dynamic=options.enable_dynamic_pairlist)
        futures = settings.trading_mode is TradingMode.FUTURES
        tiers = await known.leverage_tiers(pairs) if futures else {}
    first = known.markets[pairs[0]]
    # The higher one of the first pair, as freqtrade does it: limit orders need not be makers.
    fee = max(first.taker, first.maker) if settings.fee is None else settings.fee
    return Facts(known=known, chain=chain, whitelist=pairs, tiers=tiers, fee=fee)
