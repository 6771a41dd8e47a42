"""Jobs as real processes: whatever becomes of one, it says why, and nothing else notices."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest

from appliance.domain.errors import Busy, NotFound, Refused
from appliance.research.jobs.job import Status
from appliance.research.jobs.jobs import MOST_KEPT, Jobs
from appliance.research.jobs.messages import Limits, Order
from appliance.research.jobs.questions import AT_ONCE, MOST_WAITING, Questions

LIMITS = Limits(seconds=60, nice=7)


def order(name, **arguments):
    return Order(function=f"tests.research.jobs.orders:{name}", arguments=arguments)


@pytest.fixture
async def jobs():
    jobs = Jobs(LIMITS)
    yield jobs
    await jobs.close()


async def ended(jobs, name, *, kind="backtest", **arguments):
    job = jobs.start(kind, order(name, **arguments))
    await job.ended.wait()
    return job


async def started(jobs, tmp_path, name="wait", kind="backtest"):
    """Start a job that waits, and return it with the ids of its process and of that one's fork."""
    file = tmp_path / kind
    job = jobs.start(kind, order(name, file=str(file)))
    async with asyncio.timeout(60):
        while not file.exists():
            await asyncio.sleep(0.01)
    return job, *json.loads(file.read_text())


async def gone(*processes):
    """Wait until none of these processes runs any more; what is left of it (a zombie) does not count."""
    async with asyncio.timeout(30):
        while any(map(runs, processes)):
            await asyncio.sleep(0.01)


def runs(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


async def test_a_killed_job_says_so_and_takes_its_forks_with_it(jobs, tmp_path):
    job, process, forked = await started(jobs, tmp_path)
    os.kill(process, signal.SIGKILL)
    await job.ended.wait()
    assert job.status is Status.FAILED
    assert job.error == (
        "The process of the job was killed (SIGKILL): the machine ran out of memory, or somebody ended it"
    )
    await gone(forked)


async def test_a_job_that_needs_too_much_memory_says_so():
    jobs = Jobs(Limits(seconds=60, memory=400 * 1024**2))
    job = await ended(jobs, "use_much_memory", bytes=1024**3)
    await jobs.close()
    assert job.error == (
        "Not enough memory (a job may take 0.4 GB: research.job_memory_mb): "
        "choose fewer pairs or a shorter range"
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("refuse", "timeframe: expected 5m, found 5x"),
        ("exit_early", "The process of the job ended with exit status 3 before it was done"),
        (
            "crash",
            "The process of the job crashed (SIGSEGV), most likely in a library that the strategy uses",
        ),
        ("say_nonsense", "The process of the job sent what is no message"),
        ("not_there", "AttributeError: module 'tests.research.jobs.orders' has no attribute 'not_there'"),
    ],
)
async def test_a_job_that_fails_says_why_in_one_sentence(jobs, name, why):
    job = await ended(jobs, name)
    assert job.status is Status.FAILED
    assert job.error.startswith(why)
    with pytest.raises(NotFound, match="no result"):
        job.read()


async def test_an_unexpected_error_names_file_and_line_and_its_traceback_is_logged(jobs, caplog):
    job = await ended(jobs, "break_down")
    assert job.error.startswith("KeyError: 'missing' (")
    assert "orders.py, line " in job.error
    assert "Traceback" in caplog.text


async def test_a_job_that_takes_too_long_is_stopped(tmp_path):
    jobs = Jobs(Limits(seconds=0.1))
    job = await ended(jobs, "wait")
    await jobs.close()
    assert job.error == "Stopped after 0.1 seconds, the longest it may take"


async def test_a_job_that_is_stopped_removes_what_it_has_made_and_ends(jobs, tmp_path):
    job, process, forked = await started(jobs, tmp_path)
    jobs.abort(job)
    await job.ended.wait()
    assert job.error == "Stopped on request"
    assert (tmp_path / "backtest.cleaned").exists()
    await gone(process, forked)


async def test_a_job_that_ignores_being_stopped_is_killed(jobs, tmp_path, monkeypatch):
    monkeypatch.setattr("appliance.research.jobs.process.GRACE_SECONDS", 0.05)
    job, process, forked = await started(jobs, tmp_path, "ignore_signals")
    jobs.abort(job)
    await job.ended.wait()
    assert job.error == "Stopped on request"
    await gone(process, forked)


async def test_no_job_outlives_the_jobs_being_closed(jobs, tmp_path):
    backtest, *of_backtest = await started(jobs, tmp_path)
    download, *of_download = await started(jobs, tmp_path, kind="download_data")
    await jobs.close()
    await gone(*of_backtest, *of_download)
    assert backtest.error == download.error == "Stopped with the server"
    with pytest.raises(Refused, match="stopping"):
        jobs.start("pairlist", order("wait"))


SERVER = """
import asyncio, sys
from appliance.research.jobs.jobs import Jobs
from tests.research.jobs.test_jobs import LIMITS, order
async def main():
    await Jobs(LIMITS).start("backtest", order("wait", file=sys.argv[1])).ended.wait()
asyncio.run(main())
"""


async def test_no_job_outlives_a_server_that_is_killed(tmp_path):
    file = tmp_path / "processes"
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(file)])
    while not file.exists():
        await asyncio.sleep(0.01)
        assert server.poll() is None
    server.kill()
    server.wait()
    await gone(*json.loads(file.read_text()))


async def test_one_job_of_a_kind_runs_at_a_time(jobs, tmp_path):
    await started(jobs, tmp_path)
    for kind in ("backtest", "lookahead_analysis", "recursive_analysis"):
        with pytest.raises(Busy, match="A backtest or an analysis is running already"):
            jobs.start(kind, order("wait"))
    assert (await ended(jobs, "answer", kind="pairlist", of="pairs")).status is Status.SUCCESS


async def test_only_the_newest_ended_jobs_are_kept(jobs, monkeypatch):
    monkeypatch.setattr("appliance.research.jobs.jobs.MOST_KEPT", 1)
    assert MOST_KEPT > 1
    first, second, third = [await ended(jobs, "answer", of=number) for number in range(3)]
    assert jobs.all == [second, third]
    with pytest.raises(NotFound):
        jobs.find(first.id)
    with pytest.raises(NotFound):
        first.read()


async def test_a_running_job_is_not_removed(jobs, tmp_path):
    job, *_ = await started(jobs, tmp_path)
    with pytest.raises(Busy, match="still running"):
        jobs.remove(job)


async def test_a_job_reports_its_steps_while_it_runs(jobs, tmp_path):
    job, *_ = await started(jobs, tmp_path)
    while not job.progress:
        await asyncio.sleep(0.01)
    (step,) = job.steps.values()
    assert (step.description, step.progress, step.total) == ("Waiting", 5, 10)
    assert job.is_running
    assert job.progress == 0.5


async def test_a_job_gives_its_result_at_a_lower_priority_and_its_log_is_ours(jobs, caplog):
    job = await ended(jobs, "answer", of="everything")
    assert json.loads(job.read()) == {"of": "everything", "nice": os.nice(0) + 7, "parent": os.getpid()}
    assert job.status is Status.SUCCESS
    assert job.notes == {"trades": 3}
    assert "thinking about everything" in caplog.text


async def test_a_large_result_arrives_whole(jobs):
    job = await ended(jobs, "large", bytes=5_000_000)
    assert job.read() == b"x" * 5_000_000


async def test_a_question_is_answered_or_fails_as_its_function_does():
    questions = Questions(LIMITS)
    assert json.loads(await questions.answer(order("answer", of="it")))["of"] == "it"
    with pytest.raises(NotFound, match="No strategy Nothing"):
        await questions.answer(order("find_nothing"))
    with pytest.raises(Refused, match="expected 5m, found 5x"):
        await questions.answer(order("refuse"))


async def test_questions_are_bounded_and_end_with_the_server():
    questions = Questions(LIMITS)
    asked = [asyncio.create_task(questions.answer(order("wait"))) for _ in range(AT_ONCE + MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Refused, match="too many"):
        await questions.answer(order("answer", of="it"))
    await questions.close()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(answer) for answer in answers} == {Refused}
