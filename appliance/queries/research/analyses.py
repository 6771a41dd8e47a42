"""Start analyses of strategies, and show what came of them."""

from typing import TYPE_CHECKING, Annotated, TypedDict

import msgspec
from msgspec import Meta, Struct

from appliance.domain.errors import NotFound
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.queries.research.background import BgJobStarted, JobPath
from appliance.queries.research.backtest import StrategyName
from appliance.research.jobs.job import Kind
from appliance.research.lookahead.result import LookaheadResult
from appliance.research.recursive.result import RecursiveResult
from appliance.threads import for_readers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.queries.workbench import Workbench
    from appliance.research.jobs.job import Job

MOST_COUNTS = 50
LARGEST_COUNT = 100_000
Count = Annotated[int, Meta(ge=1, le=LARGEST_COUNT)]


class LookaheadAnalysisRequest(Struct, frozen=True, kw_only=True):
    """Check at least `targeted_trade_amount` signals; with fewer than the minimum there is no verdict.

    What is not given is as configured. `lookahead_allow_limit_orders` has no effect: nothing is traded.
    """

    strategy: StrategyName
    timeframe: str | None = None
    timerange: Annotated[str | None, Meta(description="E.g. 20250101-20250201.")] = None
    minimum_trade_amount: Count = 10
    targeted_trade_amount: Count = 20
    lookahead_allow_limit_orders: bool = False


class LookaheadAnalysisResponse(Struct, frozen=True, kw_only=True):
    """Show an analysis; `result` is there in the end."""

    status: str
    running: bool
    status_msg: str
    result: LookaheadResult | None = None


class RecursiveAnalysisRequest(Struct, frozen=True, kw_only=True):
    """What is not given is as configured; `startup_candle` are numbers of candles to compare."""

    strategy: StrategyName
    timeframe: str | None = None
    timerange: Annotated[str | None, Meta(description="E.g. 20250101-20250201.")] = None
    startup_candle: Annotated[list[Count], Meta(max_length=MOST_COUNTS)] | None = None


class RecursiveAnalysisResponse(Struct, frozen=True, kw_only=True):
    """Show an analysis; `result` is there in the end."""

    status: str
    running: bool
    status_msg: str
    result: RecursiveResult | None = None


class _NoResult(TypedDict):
    status: str
    running: bool
    status_msg: str


def start_lookahead_analysis(bench: "Workbench", body: LookaheadAnalysisRequest) -> BgJobStarted:
    """Look for signals that know later candles. Raises Busy while a backtest or an analysis is running."""
    return BgJobStarted("The lookahead analysis has started", begin(bench, body).id)


async def lookahead_analysis(bench: "Workbench", path: JobPath) -> EncodedAnswer | LookaheadAnalysisResponse:
    """Show a lookahead analysis. Raises NotFound."""
    shown = await _shown(bench, path, "lookahead_analysis")
    return shown if isinstance(shown, EncodedAnswer) else LookaheadAnalysisResponse(**shown)


def start_recursive_analysis(bench: "Workbench", body: RecursiveAnalysisRequest) -> BgJobStarted:
    """Look how many candles indicators need. Raises Busy while a backtest or an analysis is running."""
    return BgJobStarted("The recursive analysis has started", begin(bench, body).id)


async def recursive_analysis(bench: "Workbench", path: JobPath) -> EncodedAnswer | RecursiveAnalysisResponse:
    """Show a recursive analysis. Raises NotFound."""
    shown = await _shown(bench, path, "recursive_analysis")
    return shown if isinstance(shown, EncodedAnswer) else RecursiveAnalysisResponse(**shown)


def begin(
    bench: "Workbench",
    body: LookaheadAnalysisRequest | RecursiveAnalysisRequest,
    pairs: "Sequence[str]" = (),
) -> "Job":
    """Start an analysis, of the configured pairs unless others are named.

    Raises Busy while a backtest or an analysis is running.
    """
    kind: Kind
    if isinstance(body, LookaheadAnalysisRequest):
        kind, task = "lookahead_analysis", "analyses:lookahead"
    else:
        kind, task = "recursive_analysis", "analyses:recursive"
    order = bench.order(task, asked={**msgspec.to_builtins(body), "pairs": list(pairs)})
    return bench.jobs.start(kind, order, " ".join(filter(None, (body.strategy, body.timerange))))


async def _shown(bench: "Workbench", path: JobPath, kind: Kind) -> "EncodedAnswer | _NoResult":
    job = bench.jobs.find(path.jobid)
    if job.kind != kind:
        raise NotFound("There is no such job")
    if job.is_running:
        return _NoResult(status="running", running=True, status_msg="The analysis is running")
    if job.error is not None:
        return _NoResult(status="error", running=False, status_msg=f"The analysis failed: {job.error}")
    return EncodedAnswer(await for_readers(job.read))
