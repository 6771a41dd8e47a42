"""Small walks for tests: candles and signals by hand, a strategy in a few lines, no files, no exchange."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from appliance.config.settings import Settings
from appliance.domain.enums import TradeDirection
from appliance.domain.market import Market
from appliance.domain.timeframe import milliseconds, to_ms
from appliance.exchange.leverage_tiers import careful_tiers
from appliance.research.backtest.candles import FundingRows
from appliance.research.backtest.realism import OFF, Realism
from appliance.research.backtest.series import NO_TAG, PairSeries, Rows
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.setup import FuturesSetup, WalkSetup
from appliance.rules.protections.reading import read_protections
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.resolve import apply_config, resolved

BEGIN = 1_751_328_000_000
"""2025-07-01 (ms, UTC): the candle before the first that a walk visits."""
FIVE_MINUTES = 300_000
PAIR, OTHER = "ETH/USDT", "BTC/USDT"
SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")


class Plain(IStrategy):
    """A strategy that decides nothing by itself: no ROI, a far stop."""

    timeframe = "5m"
    stoploss = -0.5
    minimal_roi = {}  # noqa: RUF012 -- as strategies set it

    def populate_indicators(self, dataframe, metadata):
        return dataframe


class Shorting(Plain):
    """One that may sell short, on futures markets."""

    can_short = True


def at(candle: float) -> datetime:
    """Return when a candle opens: 0 is the first that a walk visits."""
    return datetime.fromtimestamp((BEGIN + (candle + 1) * FIVE_MINUTES) / 1000, UTC)


def rows(candles: Sequence[Sequence[float]], *, begin: int = 0, timeframe: str = "5m") -> Rows:
    """Return candles of (open, high, low, close); the first opens `begin` candles of five minutes late."""
    prices = np.array(candles, dtype=float).reshape(-1, 4)
    first = BEGIN + FIVE_MINUTES * (begin + 1)
    return Rows(
        opened=first + milliseconds(timeframe) * np.arange(len(prices)),
        open=prices[:, 0].copy(),
        high=prices[:, 1].copy(),
        low=prices[:, 2].copy(),
        close=prices[:, 3].copy(),
        volume=np.full(len(prices), 50.0),
    )


def flat(count: int, price: float = 100.0) -> list[tuple[float, float, float, float]]:
    """Return candles in which nothing happens."""
    return [(price,) * 4] * count


def series(
    candles: Sequence[Sequence[float]],
    *,
    pair: str = PAIR,
    begin: int = 0,
    detail: Rows | None = None,
    tags: Mapping[int, str] | None = None,
    exit_tags: Mapping[int, str] | None = None,
    **signals: Sequence[int],
) -> PairSeries:
    """Return a series; each signal, as `enter_long=[0, 7]`, has the candles that it acts on."""
    table = rows(candles, begin=begin)
    texts = list(dict.fromkeys([*(tags or {}).values(), *(exit_tags or {}).values()]))

    def codes(given: Mapping[int, str] | None) -> np.ndarray:
        return np.array(
            [
                texts.index(given[place]) if given and place in given else NO_TAG
                for place in range(len(table))
            ],
            dtype=np.int32,
        )

    def flags(name: str) -> np.ndarray:
        found = np.zeros(len(table), dtype=np.int8)
        found[list(signals.get(name, ()))] = 1
        return found

    return PairSeries(
        pair=pair,
        rows=table,
        **{name: flags(name) for name in SIGNALS},
        enter_tag=codes(tags),
        exit_tag=codes(exit_tags),
        tags=texts,
        detail=detail,
    )


def market(pair: str, **given: Any) -> Market:
    base, _, quote = pair.partition(":")[0].partition("/")
    steps = {"amount_precision": 0.001, "price_precision": 0.01}
    return Market(pair=pair, base=base, quote=quote, **{**steps, **given})


def funding(*paid: tuple[float, float]) -> FundingRows:
    """Return what one unit pays, as (candle, stake currency)."""
    times = [BEGIN + (candle + 1) * FIVE_MINUTES for candle, _ in paid]
    return FundingRows(
        times=np.array(times, dtype=np.int64), fee_per_unit=np.array([fee for _, fee in paid], dtype=float)
    )


def settings(**given: Any) -> Settings:
    """Return settings of a backtest: three trades of 100 USDT out of 1,000, all of which may be used."""
    common = {
        "stake_currency": "USDT",
        "stake_amount": 100,
        "dry_run_wallet": 1000,
        "max_open_trades": 3,
        "tradable_balance_ratio": 1.0,
        "unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"},
        "exchange": {"name": "simulated"},
    }
    return msgspec.convert({**common, **given}, Settings)


def walk_setup(
    *pairs: PairSeries,
    strategy: type[IStrategy] = Plain,
    fee: float = 0.0,
    tick: float = 0.01,
    futures: FuturesSetup | bool = False,
    last: int | None = None,
    markets: Mapping[str, Market] | None = None,
    protections: Sequence[Mapping[str, Any]] = (),
    position_stacking: bool = False,
    realism: Realism = OFF,
    pairs_now: Callable[[], Sequence[str]] | None = None,
    **config: Any,
) -> WalkSetup:
    """Return the setup of a walk over these series.

    `config` are settings, of money and of the strategy; `futures` may be True for careful tiers and no
    funding; `last` is the last candle of the range, by default that of the series.
    """
    if futures:
        config = {"trading_mode": "futures", "margin_mode": "isolated", **config}
    chosen = settings(**config)
    made = _strategy(strategy, {**msgspec.to_builtins(chosen), **config})
    end = max((int(one.rows.opened[-1]) for one in pairs if len(one)), default=BEGIN)
    return WalkSetup(
        strategy=made,
        resolved=resolved(made),
        settings=chosen,
        series={one.pair: one for one in pairs},
        markets=markets or {one.pair: market(one.pair) for one in pairs},
        tick_at=lambda pair, moment_ms: tick,
        data=None,  # nothing here asks for candles
        fee=fee,
        first_ms=BEGIN,
        last_ms=end if last is None else BEGIN + FIVE_MINUTES * (last + 1),
        futures=futures_setup(*pairs) if futures is True else futures or None,
        protections=read_protections(protections)[0],
        position_stacking=position_stacking,
        realism=realism,
        pairs_now=pairs_now,
    )


def futures_setup(*pairs: PairSeries, paid: Mapping[str, FundingRows] | None = None) -> FuturesSetup:
    """Return careful tiers, and funding where it is given, charged every hour."""
    return FuturesSetup(
        tiers={one.pair: careful_tiers() for one in pairs},
        funding={one.pair: (paid or {}).get(one.pair, funding()) for one in pairs},
        funding_seconds=3600,
        formula="with_maintenance_amount",
        liquidation_buffer=0.05,
    )


def _strategy(kind: type[IStrategy], config: dict[str, Any]) -> IStrategy:
    given = {name: value for name, value in config.items() if value is not None}
    made = kind(given)
    made.order_types = {**made.order_types}
    apply_config(made, given)
    return made


def candle(
    *prices: float,
    place: float = 0,
    pair: str = PAIR,
    direction: TradeDirection | None = None,
    **signals: Any,
) -> Candle:
    """Return a candle of (open, high, low, close), or one in which nothing happens, of one price."""
    opened, high, low, close = prices if len(prices) == 4 else prices * 4
    moment = at(place)
    flags = [bool(signals.get(name)) for name in SIGNALS]
    tags = signals.get("enter_tag"), signals.get("exit_tag")
    return Candle(pair, moment, to_ms(moment), opened, high, low, close, *flags, *tags, direction)
