"""Decide whether a trade has reached its minimal ROI, in methods that older strategies override."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from appliance.domain.roi import roi_at

if TYPE_CHECKING:
    from appliance.domain.trade import Trade


class Roi:
    """Hold the methods with which a strategy can replace the bot's own ROI check.

    The bot calls `min_roi_reached` only if a strategy overrides one of these methods.
    """

    minimal_roi: dict[Any, float]
    use_custom_roi: bool

    def min_roi_reached(self, trade: "Trade", current_profit: float, current_time: datetime) -> bool:
        """Return whether the profit (ratio) has reached the ROI at this time (UTC)."""
        minutes = int((current_time - trade.open_date_utc).total_seconds() // 60)
        _, wanted = self.min_roi_reached_entry(trade, minutes, current_time)
        return wanted is not None and current_profit > wanted

    def min_roi_reached_entry(
        self, trade: "Trade | float", trade_dur: int | None = None, current_time: datetime | None = None
    ) -> tuple[int | None, float | None]:
        """Return the minute and the profit ratio of the ROI entry that applies; (None, None) without one.

        Older strategies pass only the age of the trade in minutes.
        """
        minutes = int(trade if trade_dur is None else trade_dur)  # type: ignore[arg-type]
        table = {int(key): float(ratio) for key, ratio in self.minimal_roi.items()}
        since = max((key for key in table if key <= minutes), default=None)
        wanted = roi_at(table, minutes)
        own = self._own_roi(trade, minutes, current_time) if current_time is not None else None
        if own is not None and (wanted is None or own < wanted):
            return minutes, own
        return since, wanted

    def _own_roi(self, trade: Any, minutes: int, current_time: datetime) -> float | None:
        if not self.use_custom_roi:
            return None
        own: float | None = self.custom_roi(  # type: ignore[attr-defined]
            pair=trade.pair,
            trade=trade,
            current_time=current_time,
            trade_duration=minutes,
            entry_tag=trade.enter_tag,
            side=trade.trade_direction,
        )
        return own
