"""Watch no pairs while nothing can be entered anyway."""

from appliance.pairlists.base.pairlist import InBacktest, PairList, Walk
from appliance.pairlists.base.parameters import Parameters


class FullTradesFilter(PairList[Parameters]):
    """Return no pairs while as many trades are open as may be."""

    description = "Empties the list while all trade slots are taken."
    in_backtest = InBacktest.WITHOUT_EFFECT

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        trades = self.around.trades
        return [] if trades.open_count >= trades.max_open_trades > 0 else pairs
