"""Start and follow the comparison of the bot's past with its backtest."""

from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from appliance.config.changes import fingerprint
from appliance.domain.errors import Busy, Refused
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.research.jobs.job import Status
from appliance.research.replay.comparison import Comparison
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench

KIND: Final = "replay"


class ReplayRequest(Struct, frozen=True, kw_only=True):
    """State what is compared; without a range, all of the bot's past."""

    timerange: Annotated[str, Meta(description="E.g. 20250101T1200-20250102.", max_length=60)] | None = None
    timeframe_detail: (
        Annotated[str, Meta(description="Shorter candles for the backtest, e.g. 1m.", max_length=10)] | None
    ) = None


class ReplayResponse(Struct, frozen=True, kw_only=True):
    """Show a comparison: `progress` is a ratio of the current step, `comparison` is there in the end."""

    status: str
    running: bool
    status_msg: str
    step: str = ""
    progress: float = 0.0
    comparison: Comparison | None = None


async def replay(bench: "Workbench") -> EncodedAnswer | ReplayResponse:
    """Show how far the newest comparison is; in the end what came out."""
    job = bench.jobs.newest(KIND)
    if job is None:
        return ReplayResponse(status="not_started", running=False, status_msg="No comparison was started yet")
    if job.is_running:
        step = next(reversed(job.steps.values()), None)
        share = min(step.progress / step.total, 1.0) if step is not None and step.total > 0 else 0.0
        return ReplayResponse(
            status="running",
            running=True,
            status_msg="The comparison is running",
            step=step.description if step else "startup",
            progress=share,
        )
    if job.status is Status.FAILED:
        text = f"The comparison failed: {job.error}"
        return ReplayResponse(status="error", running=False, status_msg=text)
    return EncodedAnswer(await for_readers(job.read))


def start_replay(bench: "Workbench", body: ReplayRequest) -> ReplayResponse:
    """Compare the bot's past with its backtest. Raises Refused while another job is running."""
    loaded = bench.loaded
    order = bench.order(
        "replay:run",
        timerange=body.timerange,
        timeframe_detail=body.timeframe_detail,
        db_url=loaded.db_url,
        configuration=fingerprint(loaded.gathered.values),
    )
    try:
        bench.jobs.start(KIND, order, body.timerange or "")
    except Busy as error:
        raise Refused(str(error)) from error
    return ReplayResponse(status="running", running=True, status_msg="Comparison started", step="startup")
