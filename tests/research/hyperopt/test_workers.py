"""Epochs in forked processes: killed ones, failing ones, and strategies that remember."""

import multiprocessing
import os
import signal
from contextlib import closing

import pytest

from appliance.domain.errors import StrategyError
from appliance.research.hyperopt.epoch import Lost
from appliance.research.hyperopt.search import search
from appliance.research.hyperopt.workers import MOST_LOST_IN_A_ROW, Workers

PARAMS = {"buy_drop": 0.001, "buy_every": 7, "sell_every": 3, "sell_on": "open"}
KILLED = "import os, signal; self.buy_every.value == 11 and os.kill(os.getpid(), signal.SIGKILL)"


def tasks(*every):
    return [(number, {**PARAMS, "buy_every": value}) for number, value in enumerate(every, start=1)]


def losses(found):
    return [(epoch.number, epoch.loss, epoch.is_best) for epoch in found.epochs]


def test_a_killed_worker_costs_its_epoch_and_another_one_takes_its_place(workspace):
    workspace.strategy(entries=KILLED)
    with closing(Workers(workspace.subject(), 2)) as workers:
        found = dict(workers.run(tasks(7, 11, 8, 11, 9)))
    lost = Lost("its process was killed by SIGKILL: out of memory?")
    assert [number for number in sorted(found) if found[number] == lost] == [2, 4]
    assert [found[number].params["buy_every"] for number in (1, 3, 5)] == [7, 8, 9]


def test_workers_that_all_die_end_the_search(workspace):
    workspace.strategy(entries=KILLED)
    with (
        closing(Workers(workspace.subject(), 1)) as workers,
        pytest.raises(StrategyError, match=r"killed by SIGKILL.*in a row: use fewer"),
    ):
        list(workers.run(tasks(*[11] * (MOST_LOST_IN_A_ROW + 1))))


def test_a_worker_that_is_killed_while_idle_is_replaced(workspace):
    with closing(Workers(workspace.subject(), 1)) as workers:
        list(workers.run(tasks(7)))
        (process,) = multiprocessing.active_children()
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert [number for number, _ in workers.run(tasks(8))] == [1]


def test_a_failing_strategy_raises_here_with_its_epoch(workspace):
    workspace.strategy(exits="raise RuntimeError('no exits today')")
    with (
        closing(Workers(workspace.subject(), 2)) as workers,
        pytest.raises(StrategyError, match=r"epoch 1 \(.*\): .*RuntimeError: no exits today"),
    ):
        list(workers.run(tasks(7)))


def test_the_number_of_processes_changes_no_result(workspace):
    alone = losses(search(workspace.plan(epochs=33)))
    for jobs in (1, 2):
        found = search(workspace.plan(epochs=33), evaluator=lambda subject, jobs=jobs: Workers(subject, jobs))
        assert losses(found) == alone


@pytest.mark.parametrize(
    "entries",
    [
        "self.seen = getattr(self, 'seen', 0) + 1\n        dataframe.loc[:, 'enter_long'] = self.seen < 3",
        "import random; dataframe['enter_long'] = [random.random() < 0.1 for _ in range(len(dataframe))]",
    ],
    ids=["it remembers", "it draws random numbers"],
)
def test_what_a_strategy_remembers_of_an_epoch_does_not_reach_the_next(workspace, entries):
    workspace.strategy(entries=entries)
    found = {}
    for jobs in (1, 2):
        with closing(Workers(workspace.subject(), jobs)) as workers:
            found[jobs] = {number: epoch.loss for number, epoch in workers.run(tasks(7, 8, 9))}
    assert found[1] == found[2]


def test_a_strategy_that_remembers_has_a_process_for_each_epoch(workspace):
    workspace.strategy(entries="self.seen = getattr(self, 'seen', 0) + 1")
    with closing(Workers(workspace.subject(), 1)) as workers:
        list(workers.run(tasks(7, 8)))
        assert workers.each_fresh
    workspace.strategy()
    with closing(Workers(workspace.subject(), 1)) as workers:
        list(workers.run(tasks(7, 8)))
        assert not workers.each_fresh


def test_log_lines_of_workers_arrive_with_their_epoch(workspace, caplog):
    workspace.strategy(entries="import logging; logging.getLogger('mine').warning('short of signals')")
    with closing(Workers(workspace.subject(), 1)) as workers:
        list(workers.run(tasks(7)))
    assert "Epoch 1: short of signals" in caplog.messages


def test_workers_end_with_what_uses_them(workspace):
    workers = Workers(workspace.subject(), 2)
    results = workers.run(tasks(7, 8, 9, 10))
    next(results)
    assert len(multiprocessing.active_children()) == 2
    results.close()
    workers.close()
    assert multiprocessing.active_children() == []
