"""Choose what evaluates the epochs of a search."""

import logging
from typing import TYPE_CHECKING

from appliance.research.forked import can_fork
from appliance.research.hyperopt.evaluation import Evaluator, InThisProcess
from appliance.research.hyperopt.workers import Workers

if TYPE_CHECKING:
    from appliance.research.hyperopt.subject import Subject

log = logging.getLogger(__name__)


def evaluator_of(subject: "Subject") -> Evaluator:
    """Return as many forked workers as the plan says; this process where it cannot be forked."""
    if can_fork():
        return Workers(subject, subject.plan.jobs)
    level = logging.WARNING if subject.plan.jobs > 1 else logging.INFO
    log.log(level, "This process cannot be forked: one epoch is evaluated after the other")
    return InThisProcess(subject)
