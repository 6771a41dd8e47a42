"""Choose the pairs of a backtest by the configured pair lists, which see the exchange as it is now."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from appliance.config.validation.list_items import Fault, read_item
from appliance.config.validation.values import dotted
from appliance.domain.errors import ConfigurationError
from appliance.pairlists.base.markets import likely_meant
from appliance.pairlists.base.pairlist import InBacktest, PairListContext
from appliance.pairlists.blacklist import Blacklist
from appliance.pairlists.chain import Chain, read_chain
from appliance.pairlists.registry import PAIR_LISTS
from appliance.pairlists.sources.candles import CandleSource
from appliance.pairlists.sources.coingecko import CoinGeckoAccess

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.domain.closed_trades.summary import ClosedTrade
    from appliance.exchange.gateway import MarketData
    from appliance.strategy.interface import IStrategy

log = logging.getLogger(__name__)

_MOST_NAMED = 20


@dataclass(frozen=True)
class _NoTrades:
    """Tell pair lists that nothing has been traded yet."""

    max_open_trades: float
    open_count: int = 0
    closed: "Sequence[ClosedTrade]" = ()


def chain_of(loaded: "LoadedSettings", strategies: "Sequence[IStrategy]", market: "MarketData") -> Chain:
    """Make the configured chain, which sees the first strategy.

    Raises `ConfigurationError` for what is wrong.
    """
    strategy = strategies[0]
    return chain_for(
        loaded,
        market,
        timeframe=strategy.timeframe,
        stoploss=strategy.stoploss,
        max_open_trades=strategy.max_open_trades,
        seeded=True,
    )


def chain_for(  # noqa: PLR0913 -- what a strategy decides, each by name
    loaded: "LoadedSettings",
    market: "MarketData",
    *,
    timeframe: str,
    stoploss: float,
    max_open_trades: float,
    seeded: bool = False,
) -> Chain:
    """Make the configured chain without a bot: nothing has been traded. `seeded` shuffles alike each time.

    Raises `ConfigurationError` for what is wrong.
    """
    settings = loaded.settings
    access, reading = read_item(CoinGeckoAccess, settings.coingecko, ("coingecko",))
    context = PairListContext(
        gateway=market,
        trades=_NoTrades(max_open_trades),
        now=lambda: datetime.now(UTC),
        stake_currency=settings.stake_currency,
        timeframe=timeframe,
        stoploss=stoploss,
        whitelist=settings.exchange.pair_whitelist,
        blacklist=Blacklist(settings.exchange.pair_blacklist),
        trading_mode=settings.trading_mode,
        candles=CandleSource(market),
        coingecko=access or CoinGeckoAccess(),
        seeded=seeded,
    )
    chain, of_chain = read_chain(settings.pairlists, context)
    for line in _placed(loaded, [*reading.oddities, *of_chain.oddities]):
        log.warning("%s", line)
    if chain is None or reading.faults:
        raise ConfigurationError(*_placed(loaded, [*reading.faults, *of_chain.faults]))
    return chain


async def whitelist_of(chain: Chain, *, dynamic: bool) -> list[str]:
    """Return the pairs to test; for a dynamic list all that it may ever have.

    Raises `ConfigurationError` if there is none, and what `Chain.whitelist` raises.
    """
    pairs = await chain.whitelist(generator_only=dynamic)
    if not pairs:
        warn_of_left_out(chain)
        raise ConfigurationError(
            "exchange.pair_whitelist: no pair to test: name some that the exchange trades, here or with -p"
        )
    return pairs


def warn_of_left_out(chain: Chain) -> None:
    """Log which pairs of the configuration are not tested, and why."""
    left_out = chain.left_out
    if not left_out:
        return
    meant = likely_meant(left_out, chain.context.gateway.markets)
    hints = {pair: f"; did you mean {other}?" for pair, other in meant.items()}
    named = [f"{pair} ({why}{hints.get(pair, '')})" for pair, why in left_out.items()]
    more = f"; and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    log.warning("Left out of the whitelist: %s%s", "; ".join(named[:_MOST_NAMED]), more)


class DynamicPairs:
    """Evaluate pair lists again and again, among the pairs that have candles."""

    def __init__(self, chain: Chain, among: Collection[str]) -> None:
        self._chain, self._among = chain, among
        self._loop = asyncio.new_event_loop()

    def __call__(self) -> Sequence[str]:
        return self._loop.run_until_complete(self._chain.whitelist(among=self._among))

    def __del__(self) -> None:
        self._loop.close()


def check_lists(loaded: "LoadedSettings", strategies: int) -> None:
    """Warn of lists that only look as if they worked; raise `ConfigurationError` for those that cannot."""
    faults = []
    for index, entry in enumerate(loaded.settings.pairlists):
        path, name = ("pairlists", index, "method"), str(entry.get("method"))
        in_backtest = PAIR_LISTS[name].in_backtest if name in PAIR_LISTS else InBacktest.WORKS
        if in_backtest is InBacktest.NO:
            faults.append(Fault(path, f"{name} cannot be backtested; use StaticPairList"))
        elif name == "PrecisionFilter" and strategies > 1:
            faults.append(Fault(path, "PrecisionFilter cannot be backtested with several strategies"))
        elif in_backtest is InBacktest.WITHOUT_EFFECT:
            log.warning("%s has no effect in backtests", name)
        elif in_backtest is InBacktest.BIASED:
            log.warning(
                "%s chooses pairs by what the exchange shows today: the past could not know it, and the "
                "result is too good",
                name,
            )
    if faults:
        raise ConfigurationError(*_placed(loaded, faults))


def _placed(loaded: "LoadedSettings", faults: Sequence[Fault]) -> list[str]:
    return [f"{loaded.gathered.place(path)}: {dotted(path)}: {text}" for path, text in faults]
