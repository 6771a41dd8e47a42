"""Examine a strategy by forms: lookahead and recursive analysis, and the reality check of a bot's past."""

from typing import Any

from aiohttp import web

from appliance.domain.errors import BadRequest
from appliance.queries.research import analyses, replay
from appliance.queries.workbench import Workbench
from appliance.research.jobs.job import Kind
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.research import fields as read
from appliance.server.dashboard.research.bench import research_of
from appliance.server.dashboard.research.frame import Fields, research_page, running, showing
from appliance.server.dashboard.research.job_rows import rows_of
from appliance.server.dashboard.session import Session

KINDS: tuple[Kind, ...] = ("lookahead_analysis", "recursive_analysis", "replay")


@showing
async def show_analyses(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Say what each analysis answers, with the runs of it that are still known."""
    workbench = request.app[BOT_SLOT].workbench
    jobs = [job for job in reversed(workbench.jobs.all) if job.kind in KINDS] if workbench else []
    rows = await rows_of(jobs, workbench) if workbench else []
    content = {"runs": {kind: [row for row in rows if row.kind == kind] for kind in KINDS}}
    return await research_page(request, session, "analyses", "analyses", content, heading="Analyses")


@showing
async def show_lookahead(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show the form of a lookahead analysis; the query can fill it in."""
    return await _lookahead_form(request, session, bench, request.query, "", 200)


async def _lookahead_form(
    request: web.Request, session: Session, bench: Workbench, given: Fields, notice: str, status: int
) -> web.Response:
    return await _form(request, session, bench, "lookahead", given, notice, status)


@running("POST", "/lookahead_analysis", _lookahead_form)
async def start_lookahead(bench: Workbench, fields: Fields) -> str:
    """Start a lookahead analysis, and go to its job."""
    least = _count(fields, "least", "Signals for a verdict", 10)
    target = _count(fields, "target", "Signals to check", max(20, least))
    if target < least:
        raise BadRequest(f"Signals to check: {target} are fewer than the {least} that a verdict needs")
    body = analyses.LookaheadAnalysisRequest(
        strategy=read.strategy(fields),
        timeframe=read.timeframe(fields, "timeframe", "Candles"),
        timerange=read.timerange(fields),
        minimum_trade_amount=least,
        targeted_trade_amount=target,
    )
    return f"/research/jobs/{analyses.begin(bench, body, read.names(fields, 'pairs')).id}"


@showing
async def show_recursive(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show the form of a recursive analysis; the query can fill it in."""
    return await _recursive_form(request, session, bench, request.query, "", 200)


async def _recursive_form(
    request: web.Request, session: Session, bench: Workbench, given: Fields, notice: str, status: int
) -> web.Response:
    return await _form(request, session, bench, "recursive", given, notice, status)


@running("POST", "/recursive_analysis", _recursive_form)
async def start_recursive(bench: Workbench, fields: Fields) -> str:
    """Start a recursive analysis, and go to its job."""
    counts = [_count({"count": one}, "count", "Startup candles", 1) for one in read.names(fields, "counts")]
    if len(counts) > analyses.MOST_COUNTS:
        raise BadRequest(f"Startup candles: name {analyses.MOST_COUNTS} numbers at most")
    body = analyses.RecursiveAnalysisRequest(
        strategy=read.strategy(fields),
        timeframe=read.timeframe(fields, "timeframe", "Candles"),
        timerange=read.timerange(fields),
        startup_candle=counts or None,
    )
    return f"/research/jobs/{analyses.begin(bench, body, read.names(fields, 'pairs')).id}"


@showing
async def show_replay(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show the form of the reality check."""
    return await _replay_form(request, session, bench, request.query, "", 200)


async def _replay_form(
    request: web.Request, session: Session, bench: Workbench, given: Fields, notice: str, status: int
) -> web.Response:
    return await _page(request, session, "replay", {"given": given}, notice, status)


@running("POST", "/replay", _replay_form)
async def start_replay(bench: Workbench, fields: Fields) -> str:
    """Start the reality check, and go to its job."""
    body = replay.ReplayRequest(
        timerange=read.timerange(fields), timeframe_detail=read.timeframe(fields, "detail", "Detail candles")
    )
    replay.start_replay(bench, body)
    job = bench.jobs.newest(replay.KIND)
    return f"/research/jobs/{job.id}" if job else "/research/jobs"


async def _form(
    request: web.Request,
    session: Session,
    bench: Workbench,
    name: str,
    given: Fields,
    notice: str,
    status: int,
) -> web.Response:
    content = {
        "given": given,
        "strategies": await research_of(request).choices.strategies(bench),
        "series": await research_of(request).choices.series(bench),
        "settings": bench.loaded.settings,
    }
    return await _page(request, session, name, content, notice, status)


async def _page(
    request: web.Request, session: Session, name: str, content: dict[str, Any], notice: str, status: int
) -> web.Response:
    headings = {
        "lookahead": "Lookahead analysis",
        "recursive": "Recursive analysis",
        "replay": "Reality check",
    }
    return await research_page(
        request, session, "analyses", name, content,
        heading=headings[name], notice=notice, is_live=False, closes_to=f"research/{name}", status=status,
    )  # fmt: skip


def _count(fields: Fields, name: str, label: str, usual: int) -> int:
    found = read.number(fields, name, label, least=1)
    if found is None:
        return usual
    if found != int(found) or found > analyses.LARGEST_COUNT:
        raise BadRequest(f"{label}: {found:g} is no whole number up to {analyses.LARGEST_COUNT}")
    return int(found)
