"""Tell whether a trade has earned what `minimal_roi` asks for: methods that older strategies override."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from appliance.domain.roi import roi_at

if TYPE_CHECKING:
    from appliance.domain.trade import Trade


class Roi:
    """Be the part of a strategy that may take the place of the bot's own look into the ROI table.

    The bot asks `min_roi_reached` only where a strategy defines one of these methods.
    """

    minimal_roi: dict[Any, float]
    use_custom_roi: bool

    def min_roi_reached(self, trade: "Trade", current_profit: float, current_time: datetime) -> bool:
        """Tell whether the profit (ratio) is enough to take it now (UTC)."""
        minutes = int((current_time - trade.open_date_utc).total_seconds() // 60)
        _, wanted = self.min_roi_reached_entry(trade, minutes, current_time)
        return wanted is not None and current_profit > wanted

    def min_roi_reached_entry(
        self, trade: "Trade | float", trade_dur: int | None = None, current_time: datetime | None = None
    ) -> tuple[int | None, float | None]:
        """Return since which minute of the trade what profit ratio is wanted; None, None for no profit.

        Older strategies give the trade's age in minutes and nothing else.
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
