"""List the results of backtests, ours and freqtrade's, and show one: figures, curve, sums, its report."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from msgspec import Struct

from appliance.domain.errors import NotFound
from appliance.queries.research import backtest_history, stored_results
from appliance.queries.workbench import Workbench
from appliance.research.results.folder import BacktestHistoryEntry
from appliance.research.results.run_view import RunView
from appliance.server.auth.authenticator import refusal
from appliance.server.dashboard.access import PAGE_HEADERS
from appliance.server.dashboard.drawing import Scale, Tick, TimeTick, area, steps, time_ticks, xs_of
from appliance.server.dashboard.pages.frame import page_number, paging
from appliance.server.dashboard.research.bench import research_of
from appliance.server.dashboard.research.frame import Fields, research_page, running, showing
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import PAGE_ROWS
from appliance.server.routing.routes import find_route
from appliance.threads import for_readers

HEIGHT, SPARK = 200, 40
LARGEST_REPORT = 64 * 1024**2
_ZIP = find_route("GET", "/research/results/{file}/zip")
_POLICY = re.compile(
    rb"<meta http-equiv=\"Content-Security-Policy\" content=\""
    rb"(default-src &#39;none&#39;; script-src (?:&#39;(?:none|sha256-[A-Za-z0-9+/=]{44})&#39; ?)+; "
    rb"style-src &#39;unsafe-inline&#39;; img-src data:; "
    rb"base-uri &#39;none&#39;; form-action &#39;none&#39;)\">"
)
_SANDBOX = "sandbox allow-scripts; frame-ancestors 'none'"
"""A report has no part in the dashboard: no cookies, no requests, an origin of its own."""


class Curve(Struct, frozen=True, kw_only=True):
    """Draw what the account was worth. `tone` by the end: up or down."""

    line: str
    ground: str
    start: float
    tone: str
    height: int
    ticks: list[Tick]
    times: list[TimeTick]


class Row(Struct, frozen=True, kw_only=True):
    """Show a run in the list; `made` is when it was tested."""

    run: RunView
    made: datetime | None
    notes: str
    curve: Curve | None


@showing
async def show_results(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show a page of the results, newest first; `?strategy=` chooses those of one strategy."""
    return await results_page(request, session, bench, request.query, "", 200)


async def results_page(
    request: web.Request, session: Session, bench: Workbench, given: Fields, notice: str, status: int
) -> web.Response:
    """Show the list, with a notice."""
    files, chosen = await stored_results.listed(bench), request.query.get("strategy", "")
    known = await stored_results.all_entries(files)
    strategies = sorted({strategy for _, strategy in known})
    if chosen:
        files = [file for file in files if (file.stem, chosen) in known]
    page = page_number(request)
    shown = files[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    found = await research_of(request).results.of(bench, shown)
    rows = [
        row_of(run, known.get((run.file, run.strategy)))
        for file in shown
        for run in found.get(file.stem, ())
        if chosen in ("", run.strategy)
    ]
    content = {
        "rows": rows,
        "total": len(files),
        "strategies": strategies,
        "chosen": chosen,
        **paging(page, len(files)),
    }
    return await research_page(
        request, session, "results", "results", content,
        heading="Backtests", notice=notice, closes_to="research", status=status,
    )  # fmt: skip


def row_of(run: RunView, entry: BacktestHistoryEntry | None) -> Row:
    """Return a run with what its small file says."""
    made = datetime.fromtimestamp(entry.backtest_start_time, UTC) if entry else None
    return Row(run=run, made=made, notes=(entry.notes or "") if entry else "", curve=curve_of(run, SPARK))


def curve_of(run: RunView, height: int) -> Curve | None:
    """Draw a run's curve; None where it has none."""
    if len(run.times) < 2:
        return None
    start = run.figures.start if run.figures.start is not None else run.worth[0]
    scale = Scale.of([start, *run.worth], height)
    line = steps(xs_of(run.times), run.worth, scale)
    return Curve(
        line=line,
        ground=area(line, scale, start),
        start=scale.y(start),
        tone="down" if run.worth[-1] < start else "up",
        height=height,
        ticks=scale.lines(4),
        times=time_ticks(run.times[0], run.times[-1]),
    )


@showing
async def show_result(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show a result; `?strategy=` names which of its runs, the first one without it. 404 if there is none."""
    return await result_page(request, session, bench, request.query, "", 200)


async def result_page(
    request: web.Request, session: Session, bench: Workbench, given: Fields, notice: str, status: int
) -> web.Response:
    """Show a result, with a notice."""
    file = await stored_results.named(bench, request.match_info["file"])
    runs = (await research_of(request).results.of(bench, [file])).get(file.stem, [])
    run = _chosen(runs, request.query.get("strategy", given.get("strategy", "")))
    known = {entry.strategy: entry for entry in await stored_results.entries(file)}
    content = {
        "row": row_of(run, known.get(run.strategy)),
        "curve": curve_of(run, HEIGHT),
        "runs": runs,
        "has_report": await for_readers(stored_results.report_file, file, run.strategy) is not None,
        "may_zip": session.caller.role >= _ZIP.role and file.suffix == ".zip",
        "has_notes": run.strategy in known,
        "first": _moment(run.first),
        "last": _moment(run.last),
    }
    return await research_page(
        request, session, "results", "result", content,
        heading=run.strategy or file.stem, notice=notice, is_live=False,
        closes_to=f"research/results/{file.stem}", status=status,
    )  # fmt: skip


def _chosen(runs: Sequence[RunView], strategy: str) -> RunView:
    for run in runs:
        if strategy in ("", run.strategy):
            return run
    raise NotFound("This result has no such strategy")


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None


@showing
async def show_report(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Answer with the report of a run as it was written, under its own policy and in a sandbox."""
    file = await stored_results.named(bench, request.match_info["file"])
    report = await for_readers(stored_results.report_file, file, request.query.get("strategy", ""))
    if report is None:
        raise NotFound("This result has no report: it was made by freqtrade, or the file was removed")
    return await report_response(report)


async def report_response(report: Path) -> web.Response:
    """Serve a page that this program wrote, and no other. Raises NotFound.

    Its policy names its scripts by their hashes, so that no text in it is a script; the sandbox gives it an
    origin that has nothing.
    """
    content = await for_readers(_read, report)
    policy = policy_in(content)
    if policy is None:
        raise NotFound(f"{report.name} is no report of this program, so it is not shown here")
    headers = {**PAGE_HEADERS, "Content-Security-Policy": f"{policy}; {_SANDBOX}"}
    return web.Response(body=content, content_type="text/html", charset="utf-8", headers=headers)


def policy_in(content: bytes) -> str | None:
    """Return the policy that a report states; None if it states none that is as strict as ours."""
    found = _POLICY.search(content[:4096])
    return found.group(1).replace(b"&#39;", b"'").decode() if found else None


def _read(report: Path) -> bytes:
    if report.stat().st_size > LARGEST_REPORT:
        raise NotFound(f"{report.name} is too large to be shown here: open it from the folder of results")
    return report.read_bytes()


@showing
async def download_zip(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Answer with the file of a result, for those who may see configuration and strategies."""
    if session.caller.role < _ZIP.role:
        return web.Response(status=403, text=f"{refusal(session.caller, _ZIP.role)}.\n", headers=PAGE_HEADERS)
    file = await stored_results.named(bench, request.match_info["file"])
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{file.name}"'}
    return web.FileResponse(file, headers=headers)


@running("PATCH", "/backtest/history/{file}", result_page, needs_jobs=False)
async def annotate(bench: Workbench, fields: Fields) -> str:
    """Replace the notes of a run."""
    body = backtest_history.BacktestMetadataUpdate(
        strategy=fields.get("strategy", ""), notes=fields.get("notes", "")[:10_000]
    )
    await backtest_history.annotate(bench, backtest_history.ResultPath(fields["file"]), body)
    return f"/research/results/{fields['file']}?strategy={body.strategy}"


@running("DELETE", "/backtest/history/{file}", result_page, needs_jobs=False)
async def remove(bench: Workbench, fields: Fields) -> str:
    """Remove a result with its report."""
    await backtest_history.remove(bench, backtest_history.ResultPath(fields["file"]))
    return "/research"
