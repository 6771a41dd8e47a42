"""Requests that nobody thought of: schemathesis makes them up from our own description, for half a minute.

None may be answered by a status that the contract does not name, or by a body that is not as described.
"""

from tests.end_to_end.running import Program, free_port
from tests.server.fuzzing import enter_trades, fuzzed, fuzzing_config


async def test_no_request_surprises_the_api(tmp_path):
    program = Program(tmp_path, fuzzing_config(free_port()))
    await program.start()
    await enter_trades(program)
    try:
        status, told = await fuzzed(program, "--max-examples=3")
    finally:
        await program.end()
    assert status == 0, told
    assert "Stateful" in told
    assert "Traceback" not in program.output
