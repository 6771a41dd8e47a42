"""Walk forward window by window, and store each result as soon as it is there."""

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from appliance.cli.hyperopt.evaluators import check_evaluators, evaluator_of
from appliance.research.backtest.analysis.frames import frame_folder
from appliance.research.data.candles import replace_file
from appliance.research.hyperopt.results.history import EpochFile, stored_epochs
from appliance.research.walkforward.folder import REPORT, WalkFolder
from appliance.research.walkforward.page import write_page
from appliance.research.walkforward.plan import WalkPlan, walk_plan
from appliance.research.walkforward.report import report_of
from appliance.research.walkforward.result import WindowResult
from appliance.research.walkforward.tables import show_report
from appliance.research.walkforward.walk import Means, walked

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.backtest.progress import Progress
    from appliance.research.hyperopt.epoch import Epoch
    from appliance.research.hyperopt.evaluation import Evaluator
    from appliance.research.hyperopt.subject import Subject
    from appliance.research.walkforward.windows import Cut, Window

RESULTS = "walk_forward_results"


@dataclass
class WalkSession:
    """Hold one call of the command."""

    plan: WalkPlan
    folder: WalkFolder
    results: dict[int, WindowResult] = field(default_factory=dict)

    @classmethod
    def of(cls, loaded: "LoadedSettings", cut: "Cut", *, goes_on: bool) -> "WalkSession":
        """Load strategy and loss, and what an interrupted walk has found. Raises ApplianceError."""
        results = loaded.user_data_dir / RESULTS
        if not goes_on:
            plan = walk_plan(loaded, cut)
            return cls(plan, WalkFolder.new(results, plan.search.name, datetime.now(UTC)))
        folder = WalkFolder.unfinished(results, loaded.settings.strategy or "")
        if loaded.raw.get("hyperopt_random_state") is None:
            loaded = replace(loaded, raw={**loaded.raw, "hyperopt_random_state": folder.terms["seed"]})
        plan = walk_plan(loaded, cut)
        folder.check(plan.terms())
        return cls(plan, folder, folder.results())

    @property
    def ended(self) -> str:
        """How many windows have ended, in words."""
        return f"{len(self.results)} of {len(self.plan.windows)} windows"

    def run(self, progress: "Progress") -> None:
        """Walk to the end. Raises ApplianceError, Interrupted."""
        if self.results:
            click.echo(f"Going on after {self.ended} in {self.folder.path}", err=True)
        check_evaluators(self.plan.search)
        for window in self.plan.windows:
            if window.number not in self.results:
                result = self._walked(window, progress)
                self.folder.save(result)
                self.results[window.number] = result

    def show(self, *, colour: bool) -> None:
        """Write the report, and print it. Raises DataError."""
        results = [self.results[window.number] for window in self.plan.windows]
        report, found = report_of(self.plan, results)
        page, data = (self.folder.path / f"{REPORT}.{ending}" for ending in ("html", "json"))
        write_page(page, report, found)
        replace_file(data, msgspec.json.format(msgspec.json.encode(report)))
        show_report(report, colour=colour)
        for file in (page, data):
            click.echo(f"Stored in {file}", err=True)

    def _evaluator(self, subject: "Subject") -> "Evaluator":
        evaluator = evaluator_of(subject)
        self.folder.begin(self.plan.terms())  # only now: what cannot be searched leaves nothing behind
        return evaluator

    def _walked(self, window: "Window", progress: "Progress") -> WindowResult:
        epochs = self.folder.unfinished_search(window.number)
        history = EpochFile(epochs, {"window": window.number}, _known(epochs))
        cache = self.plan.loaded.user_data_dir / "cache"
        with closing(history), frame_folder(cache) as frames:
            means = Means(evaluator=self._evaluator, history=history, folder=frames, progress=progress)
            return walked(self.plan, window, means)


def _known(file: Path) -> "dict[int, Epoch]":
    return stored_epochs(file) if file.exists() else {}
