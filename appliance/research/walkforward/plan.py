"""State what is walked: the search, its windows, and all that decides their results."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from appliance.config.loading import LoadedSettings
from appliance.domain import timeframe as timeframes
from appliance.domain.errors import DataError
from appliance.research.backtest.loading import CandleSource
from appliance.research.backtest.setup import Shared
from appliance.research.hyperopt.plan import SearchPlan, search_plan
from appliance.research.timerange import TimeRange
from appliance.research.walkforward.windows import Cut, Window, windows


@dataclass(frozen=True, kw_only=True)
class WalkPlan:
    """State what is walked. `search` is the plan of a search over the whole range; it has the seed."""

    loaded: LoadedSettings
    search: SearchPlan
    cut: Cut
    windows: tuple[Window, ...]
    pairs: tuple[str, ...]

    @property
    def candle_ms(self) -> int:
        return timeframes.milliseconds(self.search.backtest.timeframe)

    @property
    def compounding(self) -> bool:
        """Whether stakes grow with the balance."""
        return self.search.candidate.loaded.settings.stake_amount == "unlimited"

    def seed_of(self, window: Window) -> int:
        """Return the seed of a window's search: each has its own, so that no two draw the same values."""
        return self.search.seed + window.number - 1

    def searched(self, window: Window) -> SearchPlan:
        """Return the plan of the window's search. Raises as `search_plan` does."""
        return self._over(window.searched(self.candle_ms), self.seed_of(window))

    def tested(self, window: Window) -> SearchPlan:
        """Return the plan by which the window's choice is tested."""
        return self._over(window.tested(self.candle_ms), self.seed_of(window))

    def terms(self) -> Mapping[str, Any]:
        """Return what has to be the same where a walk goes on, by the names of settings."""
        options, settings = self.search.options, self.search.candidate.loaded.settings
        return {
            "strategy": self.search.name,
            "strategy file": hashlib.sha256(self.search.candidate.source.read_bytes()).hexdigest(),
            "timeframe": self.search.backtest.timeframe,
            "pairs": list(self.pairs),
            "first candle": self.windows[0].search_from,
            "last candle": self.windows[-1].test_until,
            **{
                f"{name} (ms)" if name != "anchored" else name: value
                for name, value in asdict(self.cut).items()
            },
            "epochs": options.epochs,
            "spaces": list(options.spaces),
            "hyperopt_loss": options.hyperopt_loss,
            "hyperopt_min_trades": options.hyperopt_min_trades,
            "early_stop": options.early_stop,
            "analyze_per_epoch": options.analyze_per_epoch,
            "stake_amount": settings.stake_amount,
            "max_open_trades": str(settings.max_open_trades),
            "dry_run_wallet": settings.dry_run_wallet,
            "fee": settings.fee,
            "backtest_realism": str(self.search.backtest.options.realism),
            "seed": self.search.seed,
        }

    def _over(self, timerange: TimeRange, seed: int) -> SearchPlan:
        text = f"{timerange.start_ms}-{timerange.end_ms}"
        raw = {**self.loaded.raw, "timerange": text, "hyperopt_random_state": seed}
        return search_plan(replace(self.loaded, raw=raw))


def walk_plan(loaded: LoadedSettings, cut: Cut) -> WalkPlan:
    """Load strategy and loss, and cut the candles that there are. Raises ApplianceError."""
    search = search_plan(loaded)
    shared = Shared.of(search.backtest)
    pairs = tuple(shared.facts.whitelist)
    first_ms, until_ms = _tested(shared.source, pairs)
    return WalkPlan(
        loaded=loaded,
        search=search,
        cut=cut,
        windows=tuple(windows(first_ms, until_ms, cut)),
        pairs=pairs,
    )


def _tested(source: CandleSource, pairs: tuple[str, ...]) -> tuple[int, int]:
    """Return the first moment that can be searched, and the end of the last candle (ms, UTC)."""
    spans = [span for pair in pairs if (span := source.files.span(source.key(pair))) is not None]
    if not spans:
        raise DataError(source.nothing_of(pairs))
    candle_ms = timeframes.milliseconds(source.timeframe)
    first = min(span.first_ms for span in spans) + source.startup * candle_ms
    last = max(span.last_ms for span in spans)
    asked = source.timerange
    begin = first if asked.start_ms is None else max(first, asked.start_ms)
    end = last if asked.end_ms is None else min(last, asked.end_ms)
    if end < begin:
        raise DataError(source.nothing_of(pairs))
    return begin, end + candle_ms
