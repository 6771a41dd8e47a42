"""Report at the end of a search how far its result can be trusted."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from appliance.domain.errors import ApplianceError
from appliance.research.credibility.earlier import earlier_trials
from appliance.research.credibility.of_search import Effort, examination_of
from appliance.research.credibility.page import write_page
from appliance.research.credibility.report import report_of
from appliance.research.credibility.tables import show_report
from appliance.research.data.candles import replace_file

if TYPE_CHECKING:
    from appliance.research.backtest.progress import Progress
    from appliance.research.credibility.examine import Examination
    from appliance.research.hyperopt.evaluation import Evaluator
    from appliance.research.hyperopt.search import Found
    from appliance.research.hyperopt.subject import Subject

log = logging.getLogger(__name__)


def examined(
    found: "Found", subject: "Subject", evaluator: "Evaluator", file: Path, progress: "Progress"
) -> "Examination | None":
    """Examine a search whose epochs are in `file`; None where that was not asked for, or it found nothing."""
    options = found.plan.options
    if options.no_report or found.best is None:
        return None
    base = subject.repeated.base
    is_interrupted = found.ending == "interrupted"  # then the user wants to go, not to wait
    effort = Effort(
        histories=0 if is_interrupted else options.histories,
        neighbourhood=not is_interrupted,
        earlier_trials=earlier_trials(file, found.plan.name, base.first_ms, base.last_ms),
    )
    try:
        return examination_of(found, subject, evaluator, effort=effort, progress=progress)
    except KeyboardInterrupt:
        log.warning("The report of the search is left out: interrupted")
    except ApplianceError as error:  # what was found is worth more than its report
        log.warning("The report of the search is left out: %s", error)
    return None


def store_and_show(found: "Examination", file: Path, *, colour: bool, is_shown: bool) -> None:
    """Write the report beside the file of the search, as a page and as JSON; print it. Raises DataError."""
    report = report_of(found)
    page, data = file.with_suffix(".html"), file.with_name(f"{file.stem}.report.json")
    write_page(page, found, report)
    replace_file(data, msgspec.json.format(msgspec.json.encode(report)))
    if is_shown:
        show_report(report, colour=colour)
    for one in (page, data):
        click.echo(f"Stored in {one}", err=True)
