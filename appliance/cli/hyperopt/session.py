"""Run a search, show its epochs as they come, and export the best of them."""

import hashlib
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.hyperopt.credibility import examined, store_and_show
from appliance.cli.hyperopt.evaluators import check_evaluators, evaluator_of
from appliance.research.backtest.analysis.frames import frame_folder
from appliance.research.hyperopt.options import SearchOptions
from appliance.research.hyperopt.plan import SearchPlan, search_plan
from appliance.research.hyperopt.results.details import headline, parameter_lines, parameters_as_json
from appliance.research.hyperopt.results.export import export_params
from appliance.research.hyperopt.results.files import find_file, new_file
from appliance.research.hyperopt.results.folder import results_folder
from appliance.research.hyperopt.results.history import EpochFile, check_terms, stored_epochs, stored_terms
from appliance.research.hyperopt.results.table import HEADINGS, row_of
from appliance.research.hyperopt.search import Found, searched
from appliance.research.hyperopt.subject import subject_of

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.backtest.progress import Progress
    from appliance.research.credibility.examine import Examination
    from appliance.research.hyperopt.epoch import Epoch

_WIDTHS = (6, 11, 6, 24, 10, 30, 16, 14, 28)
_NARROW = (0, 1, 2, 5, 7)
"""The columns that are shown where not all of them fit."""


@dataclass
class SearchSession:
    """Hold one call of the command."""

    plan: SearchPlan
    history: EpochFile
    _examined: "Examination | None" = None

    @classmethod
    def of(cls, loaded: "LoadedSettings") -> "SearchSession":
        """Load strategy and loss, and what an interrupted search has found. Raises ApplianceError."""
        options, folder = SearchOptions.of(loaded.raw), results_folder(loaded.user_data_dir)
        if not options.continue_search:
            plan = search_plan(loaded)
            file = new_file(folder, plan.name, datetime.now(UTC))
            return cls(plan, EpochFile(file, terms_of(plan), {}, _Rows(plan)))
        file = find_file(folder, options.hyperoptexportfilename)
        stored = stored_terms(file)
        if options.hyperopt_random_state is None:
            loaded = replace(loaded, raw={**loaded.raw, "hyperopt_random_state": stored["random_state"]})
        plan = search_plan(loaded)
        check_terms(stored, terms_of(plan))
        return cls(plan, EpochFile(file, stored, stored_epochs(file), _Rows(plan)))

    def run(self, progress: "Progress") -> Found:
        """Search to the end. Raises ApplianceError."""
        if known := len(self.history.known):
            click.echo(f"Going on after {known} epochs of {self.history.path}", err=True)
        check_evaluators(self.plan)
        folder = self.plan.backtest.loaded.user_data_dir / "cache"
        with closing(self.history), frame_folder(folder) as frames:
            subject = subject_of(self.plan, frames, progress)
            with closing(evaluator_of(subject)) as evaluator:
                found = searched(subject, evaluator, history=self.history, progress=progress)
                self._examined = examined(found, subject, evaluator, self.history.path, progress)
            return found

    def show(self, found: Found, *, colour: bool) -> None:
        """Print what was found, and export the parameters of the best epoch. Raises DataError."""
        options, count = self.plan.options, len(found.epochs)
        if found.ending:
            click.echo(f"Ended after {count} epochs: {found.ending}", err=True)
        if found.lost:
            click.echo(f"{len(found.lost)} epochs have no result: {_listed(found.lost)}", err=True)
        if count:
            click.echo(f"Stored in {self.history.path}", err=True)
        best = found.best
        if best is None:
            of_no_use = f"None of {count} epochs is of use: no loss is below 100"
            click.echo(of_no_use if count else "No epoch has ended")
            return
        record = _as_record(best)
        click.echo(f"\nBest result:\n\n{headline(record, options.epochs)}\n")
        if options.print_json:
            click.echo(parameters_as_json(record))
        else:
            for line in parameter_lines(record):
                click.echo(line)
        if not options.disableparamexport:
            source = self.plan.candidate.source
            file = export_params(self.plan.name, source, best.details, best.not_searched)
            click.echo(f"\nParameters exported to {file}", err=True)
        if self._examined is not None:
            is_shown = not options.print_json  # whoever asks for JSON reads the parameters
            store_and_show(self._examined, self.history.path, colour=colour, is_shown=is_shown)


def terms_of(plan: SearchPlan) -> dict[str, Any]:
    """Return what has to stay the same where a search goes on."""
    options, settings = plan.options, plan.candidate.loaded.settings
    config = plan.candidate.strategy.config
    source = plan.candidate.source.read_bytes()
    return {
        "strategy": plan.name,
        "strategy_file": hashlib.sha256(source).hexdigest()[:16],
        "random_state": plan.seed,
        "spaces": sorted(options.spaces),
        "hyperopt_loss": options.hyperopt_loss,
        "min_trades": options.hyperopt_min_trades,
        "analyze_per_epoch": options.analyze_per_epoch,
        "timerange": plan.backtest.options.timerange,
        "timeframe": plan.backtest.timeframe,
        "timeframe_detail": plan.backtest.options.timeframe_detail,
        "pairs": list(settings.exchange.pair_whitelist),
        "stake_amount": settings.stake_amount,
        "dry_run_wallet": config.get("dry_run_wallet"),
        "fee": settings.fee,
        "enable_protections": plan.backtest.options.enable_protections,
        "position_stacking": plan.backtest.options.position_stacking,
    }


class _Rows:
    """Print a row for each epoch that is better than all before, or for every one."""

    def __init__(self, plan: SearchPlan) -> None:
        self._options = plan.options
        self._is_first = True

    def __call__(self, epoch: "Epoch") -> None:
        if not (epoch.is_best or self._options.print_all):
            return
        if self._is_first:
            self._print(HEADINGS)
            self._is_first = False
        self._print(row_of(epoch, self._options.epochs))

    def _print(self, cells: tuple[str, ...]) -> None:
        if not sys.__stdout__ or not sys.__stdout__.isatty():
            line = "\t".join(" ".join(cell.split()) for cell in cells)
        else:
            fits = sum(_WIDTHS) + len(_WIDTHS) <= get_terminal_size().columns
            chosen = range(len(cells)) if fits else _NARROW
            line = " ".join(cells[place].rjust(_WIDTHS[place]) for place in chosen)
        print(line, flush=True)


def _listed(lost: Mapping[int, str]) -> str:
    return ", ".join(f"{number} ({reason})" for number, reason in list(lost.items())[:5])


def _as_record(epoch: "Epoch") -> dict[str, Any]:
    return {
        "is_initial_point": epoch.is_initial,
        "current_epoch": epoch.number,
        "results_explanation": epoch.explanation,
        "loss": epoch.loss,
        "params_details": epoch.details,
        "params_not_optimized": epoch.not_searched,
    }
