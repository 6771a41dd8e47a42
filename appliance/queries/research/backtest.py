"""Start, follow and stop the backtest of a server in webserver mode."""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from appliance.domain.errors import Busy, Refused
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.research.jobs.job import Status
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench
    from appliance.research.jobs.job import Job

StrategyName = Annotated[str, Meta(pattern=r"^[^\W\d]\w*$", max_length=200)]
"""The name of a class: on the command line a strategy may also be a file, or code, but not in a request."""


class BacktestFreqAIInputs(Struct, frozen=True):
    """Not supported."""

    identifier: str


class BacktestRequest(Struct, frozen=True, kw_only=True):
    """What is not given is as configured. `stake_amount` in stake currency, or "unlimited"."""

    strategy: StrategyName
    enable_protections: bool
    timeframe: str | None = None
    timeframe_detail: str | None = None
    timerange: Annotated[str | None, Meta(description="E.g. 20250101-20250201.")] = None
    max_open_trades: float | None = None
    stake_amount: str | float | None = None
    dry_run_wallet: float | None = None
    backtest_cache: Annotated[
        str | None, Meta(description="How old a stored result may be that is shown again; none: test anew.")
    ] = None
    freqaimodel: str | None = None
    freqai: BacktestFreqAIInputs | None = None


class BacktestResponse(Struct, frozen=True, kw_only=True):
    """Show a backtest: `progress` is a ratio of the current step.

    `backtest_result` has, by strategy, the statistics (`strategy`) and what was tested (`metadata`), as in
    files of results, and `warnings`: sentences about what makes a result too good.
    """

    status: str
    running: bool
    status_msg: str
    step: str = ""
    progress: float = 0.0
    trade_count: float | None = None
    backtest_result: dict[str, Any] | None = None


async def backtest(bench: "Workbench") -> EncodedAnswer | BacktestResponse:
    """Show how far the newest backtest is; in the end its result."""
    job = bench.backtest
    if job is None:
        return BacktestResponse(status="not_started", running=False, status_msg="No backtest was started yet")
    if job.is_running:
        return _running(job)
    if job.status is Status.FAILED:
        return BacktestResponse(status="error", running=False, status_msg=f"The backtest failed: {job.error}")
    return EncodedAnswer(await for_readers(job.read))


def start_backtest(bench: "Workbench", body: BacktestRequest) -> BacktestResponse:
    """Start a backtest. Raises Refused while another one, or an analysis, is running."""
    begin(bench, msgspec.to_builtins(body))
    return BacktestResponse(status="running", running=True, status_msg="Backtest started", step="startup")


def begin(bench: "Workbench", settings: dict[str, Any]) -> "Job":
    """Start a backtest with settings that are those of a request, or others by dotted key path.

    Raises Refused while another one, or an analysis, is running.
    """
    order = bench.order("backtest:run", settings=settings)
    title = " ".join(filter(None, (settings["strategy"], settings.get("timerange"))))
    try:
        bench.backtest = job = bench.jobs.start("backtest", order, title)
    except Busy as error:
        raise Refused(str(error)) from error
    return job


def reset_backtest(bench: "Workbench") -> BacktestResponse:
    """Forget the newest backtest; while it is running, nothing is done."""
    job = bench.backtest
    if job is not None and job.is_running:
        return BacktestResponse(status="running", running=True, status_msg="The backtest is running")
    if job is not None:
        bench.jobs.remove(job)
    return BacktestResponse(status="reset", running=False, status_msg="Backtest reset")


def abort_backtest(bench: "Workbench") -> BacktestResponse:
    """Stop the backtest or analysis that is running."""
    job = bench.jobs.running("backtest", "lookahead_analysis", "recursive_analysis", "replay")
    if job is None:
        return BacktestResponse(status="not_running", running=False, status_msg="No backtest is running")
    bench.jobs.abort(job)
    return BacktestResponse(status="stopping", running=False, status_msg="The backtest is being stopped")


def _running(job: "Job") -> BacktestResponse:
    step = next(reversed(job.steps.values()), None)
    share = min(step.progress / step.total, 1.0) if step is not None and step.total > 0 else 0.0
    return BacktestResponse(
        status="running",
        running=True,
        status_msg="The backtest is running",
        step=step.description if step else "startup",
        progress=share,
        trade_count=job.notes.get("trades", 0.0),
    )
