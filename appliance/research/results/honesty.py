"""Tell what makes a result too good to be true."""

from collections.abc import Mapping

from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.series import PairSeries


def warnings_about(outcome: Outcome, series: Mapping[str, PairSeries]) -> list[str]:
    """Return one sentence for each thing that makes a result better than trading would."""
    return []
