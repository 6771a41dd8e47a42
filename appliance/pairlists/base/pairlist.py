"""Define a pair list: one link of a chain, of which the first generates pairs and the others filter them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import ClassVar, Generic, Protocol, TypeVar, cast

import msgspec

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.enums import TradingMode
from appliance.domain.market import Market, Ticker
from appliance.exchange.gateway import MarketData
from appliance.pairlists.base.markets import reason_left_out, tradable
from appliance.pairlists.base.parameters import Parameters
from appliance.pairlists.base.throttled_log import ThrottledLog
from appliance.pairlists.blacklist import Blacklist
from appliance.pairlists.sources.candles import CandleSource
from appliance.pairlists.sources.coingecko import CoinGeckoAccess

P = TypeVar("P", bound=Parameters)

Fault = tuple[str, str]
"""The key of a parameter, and the error."""


class InBacktest(str, Enum):
    """Name how a list behaves in a backtest, which has only the present state of the exchange."""

    WORKS = "yes"
    NO = "no"
    WITHOUT_EFFECT = "no_action"
    BIASED = "biased"


class TradeSource(Protocol):
    """Return the open and closed trades of the bot."""

    @property
    def open_count(self) -> int: ...

    @property
    def max_open_trades(self) -> float:
        """Infinite where there is no limit."""

    @property
    def closed(self) -> Sequence[ClosedTrade]: ...


@dataclass(frozen=True, kw_only=True)
class PairListContext:
    """Hold what lists depend on. `stoploss` is a ratio below 0; `seeded`: random order must be repeatable."""

    gateway: MarketData
    trades: TradeSource
    now: Callable[[], datetime]
    stake_currency: str
    timeframe: str
    stoploss: float
    whitelist: Sequence[str] = ()
    blacklist: Blacklist = field(default_factory=Blacklist)
    trading_mode: TradingMode = TradingMode.SPOT
    candles: CandleSource
    coingecko: CoinGeckoAccess = field(default_factory=CoinGeckoAccess)
    listens_to_producers: bool = False
    producer_pairs: Callable[[str], Sequence[str]] = lambda producer: ()
    delisting: Callable[[str], datetime | None] = lambda pair: None
    seeded: bool = False


class ChainRun(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the inputs of one evaluation of the chain. `tickers` is empty if no list needs them."""

    now: datetime
    markets: Mapping[str, Market]
    blacklisted: frozenset[str] = frozenset()
    tickers: Mapping[str, Ticker] = {}


class PairList(ABC, Generic[P]):
    """Generate pairs, or take pairs and return fewer, more, or the same in another order.

    `generate` and `filter` are called every few seconds, so they cache what is expensive. They raise
    `PairListError` if a source outside the exchange fails, `ExchangeError` if the exchange does, and
    `ConfigurationError` for a setting that only the source shows to be wrong.
    """

    description: ClassVar[str]
    parameters: ClassVar[type[Parameters]] = Parameters
    generates: ClassVar[bool] = False
    in_backtest: ClassVar[InBacktest] = InBacktest.NO

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        self.params = cast("P", parameters)
        self.context = context
        self.position = position
        self.log = ThrottledLog(type(self).__module__, context.now)
        self.removed: dict[str, str] = {}
        """Why the list removes pairs, as far as it has said so, by pair."""

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def needs_tickers(self) -> bool:
        return False

    def faults(self) -> Iterator[Fault]:
        """Yield errors in the parameters beyond their types; a list with errors is not used."""
        return iter(())

    def oddities(self) -> Iterator[Fault]:
        """Yield settings that do no harm, but are probably a mistake."""
        return iter(())

    def summary(self) -> str:
        """Return one line that describes the list with its parameters."""
        return self.name

    async def generate(self, run: ChainRun) -> list[str]:
        """Return pairs, as the first list of the chain."""
        return await self.filter(self.candidates(run), run)

    @abstractmethod
    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        """Filter or sort the pairs of the list before this one."""

    def says_removed(self, pair: str, reason: str) -> None:
        """Log why a pair is removed, and note it for those who ask."""
        self.removed[pair] = reason
        self.log.info(f"{self.name} removes {pair}: {reason}")

    def candidates(self, run: ChainRun) -> list[str]:
        """Return every pair that is tradable now and not blacklisted."""
        known = tradable(run.markets, self.context.stake_currency, self.context.trading_mode)
        return [pair for pair in known if pair not in run.blacklisted]

    def only_tradable(
        self,
        pairs: Iterable[str],
        run: ChainRun,
        *,
        allow_inactive: bool = False,
        left_out: dict[str, str] | None = None,
    ) -> list[str]:
        """Return the tradable pairs, each once; log why others are left out, and add it to `left_out`."""
        stake_currency, mode = self.context.stake_currency, self.context.trading_mode
        found: dict[str, None] = {}
        for pair in pairs:
            market = run.markets.get(pair)
            reason = reason_left_out(market, stake_currency, mode, allow_inactive=allow_inactive)
            if reason is None:
                found[pair] = None
                continue
            self.log.warning(f"Leaving {pair} out of the whitelist: {reason}")
            if left_out is not None:
                left_out[pair] = reason
        return list(found)


class TickerFilter(PairList[P]):
    """Filter each pair by its own market and ticker."""

    @property
    def needs_tickers(self) -> bool:
        return True

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        passed = []
        for pair in pairs:
            reason = self.reason_to_remove(run.markets[pair], run.tickers.get(pair))
            if reason is None:
                passed.append(pair)
            else:
                self.says_removed(pair, reason)
        return passed

    @abstractmethod
    def reason_to_remove(self, market: Market, ticker: Ticker | None) -> str | None:
        """Return why a pair is removed; None if it stays."""
