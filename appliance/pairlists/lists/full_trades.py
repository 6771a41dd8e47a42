"""Empty the list while no trade can be entered."""

from appliance.pairlists.base.pairlist import ChainRun, InBacktest, PairList
from appliance.pairlists.base.parameters import Parameters


class FullTradesFilter(PairList[Parameters]):
    """Return no pairs while `max_open_trades` trades are open."""

    description = "Empties the list while all trade slots are taken."
    in_backtest = InBacktest.WITHOUT_EFFECT

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        trades = self.context.trades
        return [] if trades.open_count >= trades.max_open_trades > 0 else pairs
