"""Run the backtest of a prepared strategy."""

from collections.abc import Callable, Sequence

from appliance.domain.enums import TradingMode
from appliance.domain.timeframe import seconds
from appliance.research.backtest.loading import MARK_TIMEFRAME
from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.setup import Preparation
from appliance.research.backtest.walk.schedule import Schedule
from appliance.research.backtest.walk.setup import FuturesSetup, WalkSetup
from appliance.research.backtest.walk.walk import Walk
from appliance.rules.protections.reading import read_protections
from appliance.rules.protections.window import Protection

Progress = Callable[[int, int, int], None]
"""Called now and then with the time reached and that of the end, both in ms (UTC), and the closed trades."""


def backtest(prepared: Preparation, progress: Progress | None = None) -> Outcome:
    """Walk over the candles of a prepared strategy and return what it led to."""
    return prepared_walk(prepared, walk_setup(prepared)).run(progress)


def prepared_walk(
    prepared: Preparation,
    setup: WalkSetup,
    schedule: Callable[..., Schedule] = Schedule,
    kind: Callable[..., Walk] = Walk,
) -> Walk:
    """Return a walk over a prepared strategy, of which callbacks see no more than they could have known."""
    walk = kind(setup, prepared.timeframe_detail, schedule=schedule)
    data = prepared.data

    def rows_known(pair: str) -> int | None:
        seen = walk.place.rows_seen(pair)
        return None if seen is None else prepared.startup + seen

    def follow(now_ms: int) -> None:
        data.moment_ms = now_ms

    def listed() -> Sequence[str]:
        assert prepared.pairs_now is not None
        data.pairs_now = prepared.pairs_now()
        return data.pairs_now

    if prepared.pairs_now is not None:
        walk.setup.pairs_now = listed
    data.rows_known = rows_known
    walk.place.on_move = follow
    return walk


def walk_setup(prepared: Preparation) -> WalkSetup:
    """Return what the walk of a prepared strategy goes by."""
    settings = prepared.loaded.settings
    ticks = prepared.ticks
    return WalkSetup(
        strategy=prepared.strategy,
        resolved=prepared.resolved,
        settings=settings,
        series=prepared.series,
        markets=prepared.markets,
        tick_at=lambda pair, moment_ms: ticks[pair].at(moment_ms),
        data=prepared.data,
        fee=prepared.fee,
        first_ms=prepared.first_ms,
        last_ms=prepared.last_ms,
        futures=_futures(prepared),
        protections=_protections(prepared),
        position_stacking=prepared.options.position_stacking,
        locks=prepared.locks,
        realism=prepared.options.realism,
        pairs_now=prepared.pairs_now,
    )


def _futures(prepared: Preparation) -> FuturesSetup | None:
    settings = prepared.loaded.settings
    if settings.trading_mode is not TradingMode.FUTURES:
        return None
    return FuturesSetup(
        tiers=prepared.tiers,
        funding=prepared.funding,
        funding_seconds=seconds(MARK_TIMEFRAME),
        formula=prepared.formula,
        liquidation_buffer=settings.liquidation_buffer,
    )


def _protections(prepared: Preparation) -> tuple[Protection, ...]:
    if not prepared.options.enable_protections:
        return ()
    own = prepared.resolved.protections or prepared.loaded.settings.protections
    return read_protections(own)[0]
