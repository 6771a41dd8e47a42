"""State what a walk goes by: strategy, settings, markets, candles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from appliance.config.settings import Settings
from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.orders import order_facts
from appliance.domain.decisions.record import Fact
from appliance.domain.enums import PrecisionMode
from appliance.domain.futures import Tiers
from appliance.domain.lock import PairLock
from appliance.domain.market import Market
from appliance.domain.order import Order
from appliance.research.backtest.candles import FundingRows
from appliance.research.backtest.realism import OFF, Realism
from appliance.research.backtest.series import PairSeries
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.fill_models import Tick
from appliance.research.backtest.walk.witness import Witness
from appliance.rules.exits import ExitPolicy
from appliance.rules.leverage import Formula
from appliance.rules.protections.window import Protection
from appliance.rules.stop import StopPolicy
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.resolve import ResolvedStrategy
from appliance.strategy.ports import DataPort


@dataclass(frozen=True, kw_only=True, eq=False)
class FuturesSetup:
    """State what only futures markets have; `funding_seconds` is how often funding is charged."""

    tiers: Mapping[str, Tiers]
    funding: Mapping[str, FundingRows]
    funding_seconds: int
    formula: Formula
    liquidation_buffer: float


@dataclass(kw_only=True, eq=False)
class WalkSetup:
    """State what a walk goes by. Only `resolved` changes: a strategy may set its attributes as it goes.

    `series` are in the order of the whitelist. `tick_at` returns the price step of a pair at a time (ms), or
    None for that of its market. `fee` is a ratio, the same for entries and exits. `first_ms` is the first
    candle of the range, which can only give a signal; the walk ends with the candle of `last_ms`. `pairs_now`
    is asked at each candle which pairs may be entered, in which order; None where that stays the same.
    `locks` hold from the start. `witness` hears why something is done or not.
    """

    strategy: IStrategy
    resolved: ResolvedStrategy
    settings: Settings
    series: Mapping[str, PairSeries]
    markets: Mapping[str, Market]
    tick_at: Callable[[str, int], float | None]
    data: DataPort
    fee: float
    first_ms: int
    last_ms: int
    futures: FuturesSetup | None = None
    protections: tuple[Protection, ...] = ()
    position_stacking: bool = False
    pairs_now: Callable[[], Sequence[str]] | None = None
    locks: Sequence[PairLock] = ()
    realism: Realism = OFF
    witness: Witness | None = None

    def note(self, candle: Candle, kind: Kind, *facts: Fact) -> None:
        """Tell the witness of a step of a decision, if there is one."""
        if self.witness is not None:
            self.witness.note(candle, kind, facts)

    def note_order(
        self, candle: Candle, kind: Kind, order: Order, *, filled: bool = False, reason: str = ""
    ) -> None:
        """Tell the witness what happens to an order."""
        if self.witness is not None:
            self.witness.note(candle, kind, order_facts(order, filled=filled, reason=reason))

    @property
    def can_short(self) -> bool:
        return self.futures is not None and self.resolved.can_short

    def price_step(self, pair: str, moment_ms: int) -> Tick:
        """Return the price step of a pair at a time, and its mode."""
        tick = self.tick_at(pair, moment_ms)
        if tick is not None:
            return tick, PrecisionMode.TICK_SIZE
        market = self.markets[pair]
        return market.price_precision, market.precision_mode

    @property
    def stop_policy(self) -> StopPolicy:
        resolved = self.resolved
        return StopPolicy(
            stoploss=resolved.stoploss,
            trailing=resolved.trailing_stop,
            positive=resolved.trailing_stop_positive,
            offset=resolved.trailing_stop_positive_offset,
            only_from_offset=resolved.trailing_only_offset_is_reached,
        )

    @property
    def exit_policy(self) -> ExitPolicy:
        resolved = self.resolved
        return ExitPolicy(
            minimal_roi=resolved.minimal_roi,
            use_exit_signal=resolved.use_exit_signal,
            profit_only=resolved.exit_profit_only,
            profit_offset=resolved.exit_profit_offset,
            ignore_roi_on_entry_signal=resolved.ignore_roi_if_entry_signal,
        )
