"""Requests that nobody thought of, for half a minute, as everybody who may come.

None may be answered by a status that the contract does not name, by a body that is not as described, by more
than the role may get, or by a secret; and none may make the bot write down an error.
"""

import asyncio
import signal

import pytest

from appliance.queries.roles import Role
from tests.fuzzing import websocket
from tests.fuzzing.attack import Attack, attack
from tests.fuzzing.bots import ROLES, Login, fuzzing_config, stir
from tests.fuzzing.dashboard import Visit
from tests.fuzzing.described import fuzzed
from tests.fuzzing.judging import INNER_ERROR, Answer, Judge, least_role
from tests.support.running import Program, free_port

SEED = 2026


@pytest.fixture
async def program(tmp_path):
    program = Program(tmp_path, fuzzing_config(free_port()))
    await program.start()
    await stir(program)
    yield program
    if program.runs:
        await program.end(signal.SIGKILL)


@pytest.mark.parametrize("role", ["viewer", "admin"])
async def test_no_request_surprises_the_api(program, role):
    status, told = await fuzzed(program, role, "--max-examples=1", f"--seed={SEED}")
    assert status == 0, told
    assert "Stateful" in told
    assert "Traceback" not in program.output


@pytest.mark.parametrize("role", ROLES)
async def test_no_caller_gets_more_than_their_role_or_an_internal_error(program, role):
    """API, dashboard and websocket: the same requests each time, a few for a test, some for `make fuzz`."""
    done = await attack(program, role, SEED, count=200)
    assert not done.findings, "\n".join(map(str, done.findings))
    assert sum(done.statuses.values()) == 200
    assert done.statuses["200"]
    assert done.statuses["websocket"]


# -- that something would be found ---------------------------------------------------------------------


JUDGE = Judge({"the password": "hunter2hunter2"})
GOOD = b'{"status": "pong"}'


@pytest.mark.parametrize(
    ("role", "method", "template", "status", "body", "found"),
    [
        (None, "GET", "/api/v1/ping", 200, GOOD, None),
        (None, "GET", "/api/v1/ping", 500, b"", "answered 500"),
        (Role.ADMIN, "POST", "/api/v1/stop", 502, b'{"error": "Error querying /: no"}', None),
        (Role.ADMIN, "POST", "/api/v1/stop", 502, f'{{"error": "{INNER_ERROR}"}}'.encode(), INNER_ERROR),
        (None, "GET", "/api/v1/version", 200, b'{"version": "1"}', "a stranger got 200"),
        (Role.VIEWER, "POST", "/api/v1/stop", 200, b'{"status": "x"}', "viewer got 200"),
        (Role.VIEWER, "POST", "/dashboard/stop", 200, b"", "viewer got 200"),
        (Role.OPERATOR, "GET", "/audit", 200, b"", "operator got 200"),
        (None, "GET", "/", 200, b"", "a stranger got 200"),
        (Role.VIEWER, "GET", "/", 200, b"hunter2hunter2", "tells the password"),
        (Role.VIEWER, "GET", "/api/v1/version", 200, b'{"version": 1}', "not as described"),
        (Role.VIEWER, "GET", "/api/v1/version", 200, b"<html>", "no JSON"),
        (None, "GET", "/login", 404, b"Traceback (most recent call last)", "traceback"),
    ],
)
def test_forbidden_values_are_reported(role, method, template, status, body, found):
    faults = JUDGE.faults(role, method, template, Answer(status, {}, body), b"")
    assert found in "; ".join(faults) if found else not faults


def test_an_echo_of_what_the_caller_knows_is_no_leak():
    answer = Answer(422, {}, b'{"detail": "hunter2hunter2"}')
    assert not JUDGE.faults(None, "GET", "/login", answer, b"password=hunter2hunter2")


@pytest.mark.parametrize("path", ["/api/v1/forceexit", "/dashboard/force_exit", "/dashboard/pause"])
def test_what_acts_is_for_operators(path):
    assert least_role("POST", path) is Role.OPERATOR


async def test_an_error_in_the_log_and_an_end_of_the_bot_are_found(program):
    watching = Attack(program, Login("viewer", Role.VIEWER), Visit("", "", "", ""), SEED)
    with (program.folder / "output.txt").open("a") as output:
        output.write(
            "2026-01-01 00:00:00,000 - appliance.x - ERROR - It failed\nTraceback (most recent call last):\n"
        )
        output.write(
            f"2026-01-01 00:00:00,000 - x - INFO - {program.config['api_server']['jwt_secret_key']}\n"
        )
    await program.end(signal.SIGKILL)
    await watching.run(count=1)
    told = "\n".join(finding.what for finding in watching.findings)
    for words in ("It failed", "the log tells api_server.jwt_secret_key", "the bot has ended"):
        assert words in told


async def test_a_silent_websocket_is_found(monkeypatch):
    """The end of a proper conversation without an answer, as when the bot's loop hangs."""
    monkeypatch.setattr(websocket, "PATIENCE", 0.05)
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        found = await websocket.converse(websocket.Conversation("token=x", (), True, (), True), port)
    assert "no answer" in found[0]
