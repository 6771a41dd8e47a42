"""Losses that are ratios of a result's statistics: Sharpe, Sortino and Calmar by trades."""

from appliance.research.hyperopt.losses.judged import Judged


def sharpe(judged: Judged) -> float:
    """Return minus Sharpe's ratio, as `reports.measures.sharpe`."""
    return -float(judged.statistics["sharpe"])


def sortino(judged: Judged) -> float:
    """Return minus Sortino's ratio, as `reports.measures.sortino`."""
    return -float(judged.statistics["sortino"])


def calmar(judged: Judged) -> float:
    """Return minus the Calmar ratio, as `reports.measures.calmar`."""
    return -float(judged.statistics["calmar"])
