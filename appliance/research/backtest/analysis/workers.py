"""Analyse pairs in processes forked of this one, one for each core; only arrays come back.

A fork has the strategy as it was loaded. Where the analysis of a pair leaves something behind in it, the next
pair would see less than in freqtrade: then the workers give up, and nothing of theirs is used.
"""

import logging
import multiprocessing
import os
import random
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import connection
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from appliance.domain.errors import ApplianceError, DataError
from appliance.research.backtest.analysis.pair import AnalysedPair, PairAnalysis
from appliance.research.backtest.analysis.sources import Sources
from appliance.research.backtest.analysis.state import state_of
from appliance.research.backtest.progress import Progress

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

log = logging.getLogger(__name__)


class _Done(NamedTuple):
    result: AnalysedPair | None


class _Logged(NamedTuple):
    name: str
    level: int
    text: str


class _Changed(NamedTuple):
    """Say that the strategy remembers something of the pair."""


_Message = _Done | _Logged | _Changed | ApplianceError


def analysed_by_workers(
    analysis: PairAnalysis, sources: Sources, pairs: Sequence[str], progress: Progress, workers: int
) -> list[AnalysedPair] | None:
    """Return the pairs that have candles; None if the strategy is to be run in this process.

    Raises as `PairAnalysis` does.
    """
    state = state_of(analysis.strategy, sources)
    crew = _Crew(_Orders(analysis, sources, state, random.getstate()), workers)
    try:
        found = crew.results(pairs, progress)
    finally:
        crew.dismiss()
    if found is None:
        return None
    return [result for pair in pairs if (result := found[pair]) is not None]


class _Orders(NamedTuple):
    """State what a worker does, and what the strategy and Python's random numbers are like before it."""

    analysis: PairAnalysis
    sources: Sources
    state: str
    random_state: tuple[Any, ...]


class _Crew:
    """Hold the workers, each at the other end of a connection."""

    def __init__(self, orders: _Orders, number: int) -> None:
        context = multiprocessing.get_context("fork")
        self._processes: dict[Connection, ForkProcess] = {}
        for _ in range(number):
            ours, theirs = context.Pipe()
            others = [*self._processes, ours]
            process = context.Process(target=_work, args=(theirs, others, orders), daemon=True)
            process.start()
            theirs.close()
            self._processes[ours] = process

    def results(self, pairs: Sequence[str], progress: Progress) -> dict[str, AnalysedPair | None] | None:
        """Hand out the pairs and collect what comes back; None where that is of no use."""
        waiting = deque(pairs)
        busy: dict[Connection, str] = {}
        found: dict[str, AnalysedPair | None] = {}
        for worker in self._processes:
            _hand_out(worker, waiting, busy)
        while busy:
            for ready in connection.wait(list(busy)):
                worker = cast("Connection", ready)
                match _received(worker):
                    case _Done(result):
                        found[busy.pop(worker)] = result
                        progress.advance(len(found))
                        _hand_out(worker, waiting, busy)
                    case _Logged(name, level, text):
                        logging.getLogger(name).log(level, "%s", text)
                    case _Changed():
                        log.info("The strategy remembers something of each pair: one process, all in order")
                        return None
                    case None:
                        log.info("A process of the analysis ended before its time: going on in one")
                        return None
                    case error:
                        raise error
        return found

    def dismiss(self) -> None:
        """End all workers, whatever they do."""
        for worker, process in self._processes.items():
            worker.close()
            process.terminate()
        for process in self._processes.values():
            process.join()


def _hand_out(worker: "Connection", waiting: deque[str], busy: "dict[Connection, str]") -> None:
    if waiting:
        busy[worker] = waiting.popleft()
        worker.send(busy[worker])


def _received(worker: "Connection") -> _Message | None:
    try:
        message: _Message = worker.recv()
    except (EOFError, OSError):
        return None
    return message


def _work(parent: "Connection", others: "Sequence[Connection]", orders: _Orders) -> None:
    """Analyse what the parent hands out, until it hangs up. Runs in the worker."""
    for other in others:
        other.close()
    # Progress bars of the parent stand between these and the terminal.
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    logging.root.handlers[:] = [_ToParent(parent)]
    random.setstate(orders.random_state)  # Python begins anew in each fork
    try:
        while True:
            parent.send(_answer(orders, parent.recv()))
    except (EOFError, OSError, KeyboardInterrupt):
        pass
    finally:
        with suppress(OSError, ValueError, AttributeError):
            sys.__stdout__.flush()  # type: ignore[union-attr]
        os._exit(0)  # nothing of the parent is to be closed here


def _answer(orders: _Orders, pair: str) -> _Message:
    try:
        result = orders.analysis.analysed(pair)
    except ApplianceError as error:
        return error
    except MemoryError:
        return DataError(f"{pair}: not enough memory for the analysis: test fewer pairs, or a shorter range")
    if orders.analysis.locks.all or state_of(orders.analysis.strategy, orders.sources) != orders.state:
        return _Changed()
    return _Done(result)


class _ToParent(logging.Handler):
    """Pass log lines on to the parent."""

    def __init__(self, parent: "Connection") -> None:
        super().__init__()
        self._parent = parent

    def emit(self, record: logging.LogRecord) -> None:
        self._parent.send(_Logged(record.name, record.levelno, record.getMessage()))
