"""Run the strategies of a backtest one after the other, and store what came of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.research.backtest.analysis.frames import frame_folder
from appliance.research.backtest.run import backtest
from appliance.research.backtest.setup import Preparation, preparations
from appliance.research.data.candles import replace_file
from appliance.research.forked import Beside
from appliance.research.planning import planned_with_hint
from appliance.research.report.page import report_page
from appliance.research.report.terms import terms_of
from appliance.research.results.cache import find_cached, run_id
from appliance.research.results.folder import results_folder
from appliance.research.results.honesty import warnings_about
from appliance.research.results.prepared import market_of, run_of
from appliance.research.results.save import Target, save_results
from appliance.research.results.summary import summarize
from appliance.research.results.tables import show_results
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.backtest.options import BacktestOptions
    from appliance.research.backtest.plan import Plan
    from appliance.research.backtest.progress import Progress
    from appliance.research.report.terms import Terms
    from appliance.research.results.result import BacktestResult
    from appliance.research.results.run import Market, StrategyRun


@dataclass
class BacktestSession:
    """Hold one call of the command; `files` are those that it has written."""

    loaded: "LoadedSettings"
    plan: "Plan"
    run_ids: dict[str, str]
    started: datetime
    files: list[Path] = field(default_factory=list)
    _runs: "list[StrategyRun]" = field(default_factory=list)
    _terms: "list[Terms]" = field(default_factory=list)
    _market: "Market | None" = None

    @classmethod
    def of(cls, loaded: "LoadedSettings") -> "BacktestSession":
        """Load the strategies to test. Raises ConfigurationError, StrategyError."""
        plan = planned_with_hint(loaded)
        candles = sorted(path for path in loaded.datadir.rglob("*") if path.is_file())
        run_ids = {
            one.name: run_id(one.strategy.config, one.source, one.strategy.load_params_from_file(), candles)
            for one in plan.candidates
        }
        return cls(loaded, plan, run_ids, datetime.now(UTC))

    @property
    def options(self) -> "BacktestOptions":
        return self.plan.options

    @property
    def folder(self) -> Path:
        return results_folder(self.loaded)

    def run(self, progress: "Progress") -> "BacktestResult":
        """Test what has not been tested already, store it, and return all results. Raises ApplianceError."""
        cached = self._cached()
        known = set(cached.strategy) if cached is not None else set()
        if cached is not None and len(known) == len(self.run_ids):
            return cached
        with frame_folder(self.loaded.user_data_dir / "cache") as frames:
            for prepared in preparations(self.plan, frames, skip=known, progress=progress):
                self._test(prepared, progress)
            assert self._market is not None  # at least one strategy was not known
            progress.begin("Summing up", 0)
            with Beside(self._pages) as pages:
                result = summarize(self._runs, self._market, notes=self.options.backtest_notes, cached=cached)
                self._save(result, self._market, pages)
        return result

    def show(self, result: "BacktestResult", *, colour: bool) -> None:
        """Print the tables of the results, in the order of the strategies."""
        result = result.in_order(tuple(self.run_ids))
        show_results(result, breakdown=self.options.backtest_breakdown, colour=colour)

    def _test(self, prepared: Preparation, progress: "Progress") -> None:
        started = datetime.now(UTC)
        progress.begin(f"Testing {prepared.resolved.name}", prepared.last_ms - prepared.first_ms)
        outcome = backtest(prepared, partial(_advance, progress, prepared.first_ms))
        name = prepared.resolved.name
        run = run_of(prepared, outcome, run_id=self.run_ids[name], started=started, ended=datetime.now(UTC))
        self._runs.append(run)
        settings, detail = prepared.loaded.settings, prepared.timeframe_detail
        self._terms.append(terms_of(settings, detail_timeframe=detail, fee=prepared.fee))
        self._market = market_of(prepared)

    def _cached(self) -> "BacktestResult | None":
        options = self.options
        end_ms = TimeRange.parse(options.timerange).end_ms
        return find_cached(self.folder, self.run_ids, options.backtest_cache, now=self.started, end_ms=end_ms)

    def _pages(self) -> Iterator[bytes]:
        """Yield the report of each run."""
        if self.options.export == "none":
            return
        for run, terms in zip(self._runs, self._terms, strict=True):
            warnings = warnings_about(run.outcome, run.series)
            yield report_page(run.outcome, run.series.values(), terms, warnings)

    def _save(self, result: "BacktestResult", market: "Market", pages: Iterable[bytes]) -> None:
        sources = {one.name: one.source for one in self.plan.candidates}
        target = Target(
            folder=self.folder,
            moment=datetime.now(UTC),
            configured=self.loaded.gathered.values,
            export=self.options.export,
            cached_sources=sources,
        )
        file = save_results(result, self._runs, market, target)
        if file is None:
            return
        self.files.append(file)
        for run, page in zip(self._runs, pages, strict=True):
            name = f"{file.stem}-{run.outcome.strategy}" if len(self._runs) > 1 else file.stem
            report = file.with_name(f"{name}.html")
            replace_file(report, page)
            self.files.append(report)


def _advance(progress: "Progress", first_ms: int, now_ms: int, last_ms: int, trades: int) -> None:
    progress.advance(now_ms - first_ms)
    progress.note("trades", trades)
