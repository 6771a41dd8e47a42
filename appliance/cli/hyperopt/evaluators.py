"""Choose what evaluates the epochs of a search."""

import logging
from typing import TYPE_CHECKING

from appliance.research.forked import can_fork
from appliance.research.hyperopt.cluster.evaluator import Cluster, check_reachable
from appliance.research.hyperopt.evaluation import Evaluator, InThisProcess
from appliance.research.hyperopt.workers import Workers

if TYPE_CHECKING:
    from appliance.research.hyperopt.plan import SearchPlan
    from appliance.research.hyperopt.subject import Subject

log = logging.getLogger(__name__)


def check_evaluators(plan: "SearchPlan") -> None:
    """Raise ConfigurationError for a scheduler that does not answer, before candles are loaded for it."""
    if plan.options.scheduler:
        check_reachable(plan.options.scheduler, plan.backtest.loaded.user_data_dir)


def evaluator_of(subject: "Subject") -> Evaluator:
    """Return the workers of a scheduler, if the plan names one, else as many forked ones as it says.

    Where this process cannot be forked, it evaluates alone. Raises ConfigurationError for a scheduler that
    does not answer.
    """
    if subject.plan.options.scheduler:
        return Cluster(subject, subject.plan.options.scheduler)
    if can_fork():
        return Workers(subject, subject.plan.jobs)
    level = logging.WARNING if subject.plan.jobs > 1 else logging.INFO
    log.log(level, "This process cannot be forked: one epoch is evaluated after the other")
    return InThisProcess(subject)
