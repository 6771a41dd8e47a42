"""Epochs on a cluster of real processes: a scheduler, and workers as users start them."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest

from appliance.domain.errors import ConfigurationError, StrategyError
from appliance.research.hyperopt.cluster import evaluator
from appliance.research.hyperopt.cluster.evaluator import Cluster
from appliance.research.hyperopt.search import NoHistory, search
from appliance.research.walkforward.plan import walk_plan
from appliance.research.walkforward.walk import Means, walked
from appliance.research.walkforward.windows import Cut
from tests.support.research.backtests import Workspace
from tests.support.research.planted import for_a_search, planted


@pytest.fixture(scope="module")
def started():
    """Start processes that are gone in the end; each is there once it has said something of itself."""
    with ExitStack() as stack:

        def start(*arguments, says):
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stderr=subprocess.PIPE,
                text=True,
                # A run in the background of a shell ignores SIGINT, and so would what it starts.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )
            stack.callback(process.stderr.close)
            stack.callback(process.wait)
            stack.callback(process.kill)
            line = next(line for line in process.stderr if says in line)
            return process, line

        yield start


@pytest.fixture(scope="module")
def scheduler(started):
    """The address of a scheduler without workers."""
    _, line = started("appliance", "hyperopt-scheduler", "--port", "0", says="Handing out epochs")
    return line.split()[4].rstrip(";")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(evaluator, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(evaluator, "WORKERS_SECONDS", 0.3)


def on(address):
    return lambda subject: Cluster(subject, address)


def drawn(found):
    return [(epoch.number, epoch.params, epoch.loss, epoch.is_best) for epoch in found.epochs]


def test_a_scheduler_that_cannot_be_reached_is_one_line(workspace, impatient):
    with pytest.raises(ConfigurationError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9 ") as raised:
        search(workspace.plan(scheduler="tcp://127.0.0.1:9"), evaluator=on("tcp://127.0.0.1:9"))
    assert len(str(raised.value).splitlines()) == 1


def test_an_address_that_is_none_is_refused(workspace):
    with pytest.raises(ConfigurationError, match=r"expected an address such as.*found 10\.0\.0\.1:8786"):
        search(workspace.plan(), evaluator=on("10.0.0.1:8786"))


@pytest.mark.slow
def test_a_scheduler_without_workers_is_one_line(workspace, scheduler, impatient, monkeypatch):
    monkeypatch.setattr(evaluator, "CONNECT_SECONDS", 10)
    with pytest.raises(
        ConfigurationError, match="has no workers: start some with `appliance hyperopt-worker"
    ):
        search(workspace.plan(), evaluator=on(scheduler))


@pytest.mark.slow
def test_a_killed_worker_changes_no_result_and_failures_arrive(workspace, scheduler, started):
    expected = drawn(search(workspace.plan(epochs=12)))
    folder = str(workspace.folder)
    command = ("appliance", "hyperopt-worker", scheduler, "-j", "1", "--userdir", folder)
    workers = [started(*command, says="Evaluating up to 1 epochs")[0] for _ in range(2)]

    class KillsAfterTheFirst(NoHistory):
        def add(self, epoch):
            if epoch.number == 1:
                workers[0].send_signal(signal.SIGKILL)

    found = search(workspace.plan(epochs=12), evaluator=on(scheduler), history=KillsAfterTheFirst())
    assert drawn(found) == expected
    assert workers[0].wait(timeout=60) == -signal.SIGKILL

    workspace.strategy(exits="raise RuntimeError('no exits today')")
    with pytest.raises(StrategyError, match=r"epoch \d+ \(.*RuntimeError: no exits today"):
        search(workspace.plan(epochs=3), evaluator=on(scheduler))
    workers[1].send_signal(signal.SIGINT)
    assert workers[1].wait(timeout=60) == 0


@pytest.mark.slow
def test_a_window_of_a_walk_forward_has_the_same_result_on_a_cluster(tmp_path, scheduler, started):
    space = planted(Workspace(tmp_path / "user_data"), edge=0.005, days=40)
    day = 86_400_000
    plan = walk_plan(for_a_search(space, epochs=6), Cut(search=20 * day, test=10 * day))
    command = ("appliance", "hyperopt-worker", scheduler, "-j", "1", "--userdir", str(space.folder))
    worker, _ = started(*command, says="Evaluating up to 1 epochs")
    spread = walked(plan, plan.windows[0], Means(evaluator=on(scheduler)))
    assert spread == walked(plan, plan.windows[0])
    worker.send_signal(signal.SIGINT)
    assert worker.wait(timeout=60) == 0
