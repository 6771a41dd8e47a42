"""Show the worth of the account day by day."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from appliance.reports.views.time_format import as_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.storage.tables.wallet_history import WalletRecord

COLUMNS = ("date", "__date_ts", "total_quote")


class WalletHistoryResponse(Struct, frozen=True, kw_only=True):
    """Show rows of day (ISO text, UTC), ms since 1970, and the worth in stake currency, oldest first.

    `capture_start_ts` is when the bot began to record balances (ms since 1970).
    """

    columns: list[str]
    length: int
    data: list[list[Any]]
    capture_start_ts: int | None


def wallet_history_shown(records: "Iterable[WalletRecord]", began: datetime | None) -> WalletHistoryResponse:
    """Sum up the worth of the bot's holdings by time.

    Times at which a price was unknown are left out: the sum would be too small.
    """
    totals: dict[datetime, float] = defaultdict(float)
    unknown = set()
    for record in records:
        if record.bot_managed and record.total_quote is None:
            unknown.add(record.timestamp)
        elif record.bot_managed:
            totals[record.timestamp] += record.total_quote or 0.0
    rows: list[list[Any]] = [
        [moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), as_ms(moment), total]
        for moment, total in sorted(totals.items())
        if moment not in unknown
    ]
    return WalletHistoryResponse(
        columns=list(COLUMNS), length=len(rows), data=rows, capture_start_ts=as_ms(began) or 0
    )
