"""Start downloads and evaluations of pair lists, and show what came of them."""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from appliance.domain.enums import MarginMode, TradingMode
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.queries.pairs import WhitelistResponse
from appliance.queries.research.background import BgJobStarted, JobPath, finished
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench

MOST_PAIRS = 5_000


class PairListsPayload(Struct, frozen=True, kw_only=True):
    """Pair lists as in a configuration. Without exchange or modes, the configured ones."""

    pairlists: list[dict[str, Any]]
    blacklist: list[str]
    stake_currency: str
    exchange: str | None = None
    trading_mode: TradingMode | None = None
    margin_mode: MarginMode | None = None


class WhitelistEvaluateResponse(Struct, frozen=True, kw_only=True):
    """Show the pairs that the lists chose, or why there are none. `status`: success or failed."""

    status: str
    error: str | None = None
    result: WhitelistResponse | None = None


class DownloadDataPayload(Struct, frozen=True, kw_only=True):
    """What to download: a range, or the last days; of pairs, or regular expressions for them.

    `erase`: anew; `prepend_data`: what lies before the stored data. Without exchange or modes, the
    configured ones.
    """

    pairs: Annotated[list[str], Meta(max_length=MOST_PAIRS)]
    days: int | None = None
    timerange: str | None = None
    timeframes: list[str] | None = field(default_factory=lambda: ["1m", "5m"])
    candle_types: list[str] | None = None
    download_trades: Annotated[bool, Meta(description="Public trades instead of candles.")] = False
    erase: bool = False
    prepend_data: bool = False
    exchange: str | None = None
    trading_mode: TradingMode | None = None
    margin_mode: MarginMode | None = None


def evaluate_pair_lists(bench: "Workbench", body: PairListsPayload) -> BgJobStarted:
    """Start to evaluate pair lists. Raises Busy while others are being evaluated."""
    job = bench.jobs.start("pairlist", bench.order("pairlist:evaluate", asked=msgspec.to_builtins(body)))
    return BgJobStarted("The evaluation of the pair lists has started", job.id)


async def evaluated_pair_lists(
    bench: "Workbench", path: JobPath
) -> EncodedAnswer | WhitelistEvaluateResponse:
    """Show the pairs that the lists chose. Raises NotFound, Busy while the job is running."""
    job = finished(bench, path.jobid, "pairlist")
    if job.error is not None:
        return WhitelistEvaluateResponse(status="failed", error=job.error)
    return EncodedAnswer(await for_readers(job.read))


def download_data(bench: "Workbench", body: DownloadDataPayload) -> BgJobStarted:
    """Start to download candles or public trades. Raises Busy while another download is running."""
    title = f"{', '.join(body.pairs[:3])}{' …' if body.pairs[3:] else ''} {' '.join(body.timeframes or ())}"
    order = bench.order("download:run", asked=msgspec.to_builtins(body))
    job = bench.jobs.start("download_data", order, title)
    return BgJobStarted("The download has started", job.id)
