"""What every pair list is: one link of a chain; the first yields pairs, the others filter them."""

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
from appliance.pairlists.base.markets import only_tradable, tradable
from appliance.pairlists.base.parameters import Parameters
from appliance.pairlists.base.ttl_cache import Told
from appliance.pairlists.blacklist import Blacklist
from appliance.pairlists.sources.candles import CandleSource
from appliance.pairlists.sources.coingecko import CoinGeckoAccess

P = TypeVar("P", bound=Parameters)

Fault = tuple[str, str]
"""The key of a parameter and what is wrong with it."""


class InBacktest(str, Enum):
    """What a list can do in a backtest, where only the present state of the exchange is known."""

    WORKS = "yes"
    NO = "no"
    WITHOUT_EFFECT = "no_action"
    BIASED = "biased"


class TradeSource(Protocol):
    """Tell what the bot has traded and trades now."""

    @property
    def open_count(self) -> int: ...

    @property
    def max_open_trades(self) -> float:
        """Infinite where there is no limit."""

    @property
    def closed(self) -> Sequence[ClosedTrade]: ...


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Hold what lists may ask. `stoploss` is a ratio below 0; `seeded`: chance must be repeatable."""

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
    hears_producers: bool = False
    producer_pairs: Callable[[str], Sequence[str]] = lambda producer: ()
    delisting: Callable[[str], datetime | None] = lambda pair: None
    seeded: bool = False


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what holds for one walk along the chain. `tickers` is empty where no list needs them."""

    now: datetime
    markets: Mapping[str, Market]
    barred: frozenset[str] = frozenset()
    tickers: Mapping[str, Ticker] = {}


class PairList(ABC, Generic[P]):
    """Yield pairs, or take pairs and return fewer, more, or the same in another order.

    `generate` and `filter` are called every few seconds: what costs anything is kept for a while. They raise
    `PairListError` where a source outside the exchange cannot be asked, `ExchangeError` where the exchange
    cannot, and `ConfigurationError` for what only that source can tell to be wrong.
    """

    description: ClassVar[str]
    parameters: ClassVar[type[Parameters]] = Parameters
    generates: ClassVar[bool] = False
    in_backtest: ClassVar[InBacktest] = InBacktest.NO

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        self.set = cast("P", parameters)
        self.around = around
        self.position = position
        self.told = Told(type(self).__module__, around.now)

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def needs_tickers(self) -> bool:
        return False

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong with the parameters beyond their types; nothing else is called then."""
        return iter(())

    def oddities(self) -> Iterator[Fault]:
        """Yield what is harmless, but hardly meant."""
        return iter(())

    def summary(self) -> str:
        """Say in one line what this does."""
        return self.name

    async def generate(self, walk: Walk) -> list[str]:
        """Yield pairs, at the head of the chain."""
        return await self.filter(self.candidates(walk), walk)

    @abstractmethod
    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        """Filter or sort pairs, further down the chain."""

    def candidates(self, walk: Walk) -> list[str]:
        """Return every pair that can be traded now and is not barred."""
        known = tradable(walk.markets, self.around.stake_currency, self.around.trading_mode)
        return [pair for pair in known if pair not in walk.barred]

    def only_tradable(
        self,
        pairs: Iterable[str],
        walk: Walk,
        *,
        allow_inactive: bool = False,
        left_out: dict[str, str] | None = None,
    ) -> list[str]:
        around = self.around
        return only_tradable(
            pairs,
            walk.markets,
            around.stake_currency,
            self.told,
            mode=around.trading_mode,
            allow_inactive=allow_inactive,
            left_out=left_out,
        )


class TickerFilter(PairList[P]):
    """Judge each pair for itself, by its market and its ticker."""

    @property
    def needs_tickers(self) -> bool:
        return True

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        kept = []
        for pair in pairs:
            reason = self.reason_against(walk.markets[pair], walk.tickers.get(pair))
            if reason is None:
                kept.append(pair)
            else:
                self.told.info(f"{self.name} removes {pair}: {reason}")
        return kept

    @abstractmethod
    def reason_against(self, market: Market, ticker: Ticker | None) -> str | None:
        """Say why a pair is to go; None where it may stay."""
