"""Show which candles are stored, and download more."""

import math

from aiohttp import web

from appliance.domain.errors import BadRequest
from appliance.queries.research import jobs
from appliance.queries.workbench import Workbench
from appliance.server.dashboard.pages.frame import page_number
from appliance.server.dashboard.research import fields as read
from appliance.server.dashboard.research.bench import research_of
from appliance.server.dashboard.research.frame import Fields, research_page, running, showing
from appliance.server.dashboard.session import Session

ROWS = 50
LONGEST_TEXT = 60


@showing
async def show_data(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show a page of the stored series; `?pair=` and `?timeframe=` choose some."""
    return await _page(request, session, bench, {}, "", 200)


async def _page(
    request: web.Request, session: Session, bench: Workbench, given: Fields, notice: str, status: int
) -> web.Response:
    everything = await research_of(request).choices.series(bench)
    text = request.query.get("pair", "").strip()[:LONGEST_TEXT]
    frame = request.query.get("timeframe", "")[:LONGEST_TEXT]
    found = [
        one for one in everything if text.casefold() in one.pair.casefold() and frame in ("", one.timeframe)
    ]
    page = page_number(request)
    settings = bench.loaded.settings
    content = {
        "given": given,
        "rows": found[(page - 1) * ROWS : page * ROWS],
        "found": len(found),
        "total": len(everything),
        "timeframes": list(dict.fromkeys(one.timeframe for one in everything)),
        "text": text,
        "timeframe": frame,
        "page": page,
        "pages": max(1, math.ceil(len(found) / ROWS)),
        "folder": str(bench.loaded.datadir),
        "exchange": settings.exchange.name,
        "pairs": list(settings.exchange.pair_whitelist),
    }
    return await research_page(
        request, session, "data", "data", content,
        heading="Data", notice=notice, closes_to="research/data", status=status, is_live=False,
    )  # fmt: skip


@running("POST", "/download_data", _page)
async def start(bench: Workbench, fields: Fields) -> str:
    """Start a download, and go to its job."""
    pairs, frames = read.names(fields, "pairs"), read.names(fields, "timeframes")
    if not pairs:
        raise BadRequest("Name at least one pair, such as BTC/USDT")
    if not frames:
        raise BadRequest("Name at least one length of candles, such as 5m")
    for one in frames:
        read.timeframe({"one": one}, "one", "Candles")
    days, timerange = read.number(fields, "days", "Days", least=1), read.timerange(fields)
    body = jobs.DownloadDataPayload(
        pairs=pairs,
        timeframes=frames,
        days=None if timerange or days is None else int(days),
        timerange=timerange,
        erase="erase" in fields,
        prepend_data="prepend" in fields,
    )
    return f"/research/jobs/{jobs.download_data(bench, body).job_id}"
