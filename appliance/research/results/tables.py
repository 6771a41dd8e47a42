"""Show a result on the terminal, in the tables that freqtrade's users know."""

from collections.abc import Sequence

from appliance.research.results.result import BacktestResult


def show_results(
    result: BacktestResult, *, breakdown: Sequence[str] = (), colour: bool = True, pair_list: bool = False
) -> None:
    """Print every strategy's tables, the warnings about its result, and the comparison of strategies.

    breakdown: periods of `--breakdown` (day, week, month, year, weekday); pair_list: the pairs by profit, as
    for a configuration. Tables on a terminal; plain, tab-separated text in a pipe.
    """
    raise NotImplementedError
