"""Processes that work: in order or not, with errors, logs, and deaths."""

import logging
import os
import signal
import threading

import pytest

from appliance.domain.errors import DataError
from appliance.research.crew import Crew, WorkerLost, in_a_fork
from appliance.research.forked import can_fork


@pytest.fixture
def crew():
    made = []

    def of(work, number=2):
        made.append(Crew(work, number))
        return made[-1]

    yield of
    for one in made:
        one.dismiss()


def failing(task):
    if task == 3:
        raise DataError("the third is damaged")
    return task


def dying(task):
    if task == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def talking(task):
    logging.getLogger("talking").warning("at %s", task)
    return task


def test_an_error_of_the_work_is_raised_here(crew):
    with pytest.raises(DataError, match="the third is damaged"):
        dict(crew(failing).results([1, 2, 3, 4]))


def test_a_killed_worker_is_noticed(crew):
    with pytest.raises(WorkerLost):
        dict(crew(dying).results([1, 2]))


def test_an_error_of_ours_is_no_result(crew):
    with pytest.raises(WorkerLost):
        dict(crew(lambda task: 1 // task).results([0]))


def test_each_task_has_its_result(crew):
    found = dict(crew(lambda task: task * 2, 3).results(range(20)))
    assert found == {place: place * 2 for place in range(20)}


def test_log_lines_arrive(crew, caplog):
    dict(crew(talking).results(["start"]))
    assert "at start" in caplog.text


def test_nothing_that_a_fork_changes_stays():
    kept = []
    assert in_a_fork(lambda: kept.append(1) or len(kept)) == 1
    assert kept == []


def test_errors_and_deaths_of_a_fork_are_told():
    with pytest.raises(DataError, match="damaged"):
        in_a_fork(lambda: failing(3))
    with pytest.raises(WorkerLost):
        in_a_fork(lambda: dying(1))


def test_a_process_with_a_thread_is_not_forked():
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        done.set()
        thread.join()
