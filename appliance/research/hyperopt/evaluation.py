"""Evaluate an epoch where a strategy may fail, and notice what it leaves behind."""

import random
from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np

from appliance.domain.errors import ApplianceError, StrategyError
from appliance.research.backtest.analysis.state import state_of
from appliance.research.hyperopt.epoch import Epoch, Lost
from appliance.research.hyperopt.spaces.space import Params
from appliance.research.hyperopt.subject import Subject

Task = tuple[int, Params]
"""The number of an epoch (from 1), and its values."""


class Evaluator(Protocol):
    """Evaluate epochs, here or elsewhere."""

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Epoch | Lost]]:
        """Yield the result of each task, in any order. Raises ApplianceError where an epoch fails."""
        ...

    def close(self) -> None:
        """Let go of processes."""
        ...


class InThisProcess:
    """Evaluate one epoch after the other, as `Workers` do where nothing can be forked."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Epoch | Lost]]:
        for number, params in tasks:
            yield number, attempt(self._subject, number, params)

    def close(self) -> None:
        """Keep nothing."""


def attempt(subject: Subject, number: int, params: Params) -> Epoch | Lost:
    """Evaluate an epoch. Raises StrategyError, naming the epoch, where strategy or loss fail."""
    _seed(subject.plan.seed + number)
    try:
        return subject.evaluate(params)
    except MemoryError:
        return Lost("not enough memory")
    except ApplianceError as error:
        raise StrategyError(f"epoch {number} ({_shown(params)}): {error}") from error
    except Exception as error:  # the edge: a strategy may break what runs it
        reason = f"{type(error).__name__}: {error}"
        raise StrategyError(f"epoch {number} ({_shown(params)}): {reason}") from error


class StateWatch:
    """Tell whether epochs leave something behind in the strategy; their values do not count."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._reference: Params | None = None
        self._before = ""

    def begin(self, params: Params) -> None:
        """Note the state before the first epoch."""
        if self._reference is None:
            self._reference = params
            self._before = self._state(params)

    def has_changed(self) -> bool:
        """Return whether the state is another one than before the first epoch."""
        return self._reference is not None and self._state(self._reference) != self._before

    def _state(self, params: Params) -> str:
        space = self._subject.space
        space.apply(params)
        _seed(0)
        return state_of(space.strategy, self._subject.repeated.begun.sources)


def _seed(number: int) -> None:
    """Let random numbers begin anew: where a strategy draws some, they depend on its epoch alone."""
    random.seed(number)
    np.random.seed(number % 2**32)


def _shown(params: Params) -> str:
    return ", ".join(f"{name}={value}" for name, value in params.items())
