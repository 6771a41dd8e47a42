"""Tell what makes a result too good to be true."""

from appliance.research.backtest.outcome import Outcome
from appliance.research.results.run import Market


def warnings_about(outcome: Outcome, market: Market) -> list[str]:
    """Return one sentence for each thing that makes a result better than trading would."""
    return []
