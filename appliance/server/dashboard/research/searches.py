"""List the searches for parameters, ours and freqtrade's, and show one: best epochs, parameters, verdict."""

import shlex
from datetime import datetime

from aiohttp import web
from msgspec import Struct

from appliance.domain.errors import NotFound
from appliance.queries.research import stored_searches
from appliance.queries.research.stored_searches import Judged
from appliance.queries.workbench import Workbench
from appliance.research.hyperopt.results.folder import begun
from appliance.research.hyperopt.results.views import SearchView
from appliance.server.dashboard.pages.frame import page_number, paging
from appliance.server.dashboard.research.bench import research_of
from appliance.server.dashboard.research.frame import research_page, showing
from appliance.server.dashboard.research.results import report_response
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import PAGE_ROWS
from appliance.threads import for_readers

WORDS = {
    "nothing": "nothing found",
    "unclear": "too little to tell",
    "luck": "probably luck",
    "doubtful": "doubtful",
    "credible": "credible",
}
"""What a row says of each judgement."""
TONES = {"nothing": "bad", "unclear": "", "luck": "bad", "doubtful": "", "credible": "good"}


class Row(Struct, frozen=True):
    """Show a search in the list; `word` is its verdict, empty without a report."""

    search: SearchView
    begun: datetime | None
    word: str


@showing
async def show_searches(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show a page of the searches, newest first."""
    files, page = await stored_searches.listed(bench), page_number(request)
    shown = files[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    found = await research_of(request).searches.of(bench, shown)
    judged = await stored_searches.judged(shown)
    rows = [
        Row(search, begun(file), _word(judged.get(file.stem)))
        for file in shown
        for search in found.get(file.stem, ())
    ]
    content = {
        "rows": rows,
        "total": len(files),
        "start": hyperopt_command(bench),
        **paging(page, len(files)),
    }
    return await research_page(
        request, session, "searches", "searches", content, heading="Searches", is_live=False
    )


@showing
async def show_search(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show a search. 404 if there is none of that name."""
    file = await stored_searches.named(bench, request.match_info["file"])
    found = (await research_of(request).searches.of(bench, [file])).get(file.stem)
    if not found:
        raise NotFound("There is no such search")
    search = found[0]
    judged = (await stored_searches.judged([file])).get(file.stem)
    content = {
        "search": search,
        "begun": begun(file),
        "judged": judged,
        "tone": TONES[judged.verdict.judgement] if judged else "",
        "has_report": await for_readers(stored_searches.report_file, file) is not None,
        "again": hyperopt_command(bench, search.strategy),
        "show": f"appliance hyperopt-show {_files(bench)} --hyperopt-filename {shlex.quote(file.name)}",
    }
    return await research_page(
        request, session, "searches", "search", content,
        heading=search.strategy or file.stem, is_live=False,
    )  # fmt: skip


@showing
async def show_search_report(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Answer with the report of a search as it was written, under its own policy and in a sandbox."""
    file = await stored_searches.named(bench, request.match_info["file"])
    report = await for_readers(stored_searches.report_file, file)
    if report is None:
        raise NotFound("This search has no report: it was made by freqtrade or with --no-report")
    return await report_response(report)


def hyperopt_command(bench: Workbench, strategy: str = "") -> str:
    """Return the command that searches the parameters of a strategy with this configuration."""
    name = strategy or bench.loaded.settings.strategy or "MyStrategy"
    return (
        f"appliance hyperopt {_files(bench)} --strategy {shlex.quote(name)} "
        "--hyperopt-loss SharpeHyperOptLoss --spaces default --epochs 300"
    )


def _files(bench: Workbench) -> str:
    return " ".join(f"-c {shlex.quote(file)}" for file in bench.loaded.sources.config)


def _word(judged: Judged | None) -> str:
    return WORDS[judged.verdict.judgement] if judged else ""
