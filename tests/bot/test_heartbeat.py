"""The log says once in a while that cycles are done."""

import logging

import pytest

from appliance.bot.heartbeat import Heartbeat
from appliance.domain.enums import State
from tests.support.scripted import scene


def beats(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [text.partition("state=")[2] for text in caplog.messages if text.startswith("Bot heartbeat. PID=")]


@pytest.mark.parametrize(("every", "expected"), [(60, 3), (30, 5), (0, 0)])
def test_it_beats_as_often_as_configured_and_when_the_state_changes(caplog, every, expected):
    now = 0.0
    heart = Heartbeat(lambda: every, lambda: now, lambda: "1.2")
    with caplog.at_level(logging.INFO):
        for second in range(0, 120, 5):
            now = second
            heart.beat(State.RUNNING)
        heart.beat(State.STOPPED)
    assert len(beats(caplog)) == expected
    if expected:
        assert beats(caplog)[-2:] == ["'RUNNING'", "'STOPPED'"]
        assert "strategy_version: 1.2'" in caplog.text


async def test_a_bot_that_does_its_cycles_beats(tmp_path, caplog):
    async with scene(tmp_path, **{"internals.heartbeat_interval": 60}) as stage:
        with caplog.at_level(logging.INFO):
            for _ in range(3):
                await stage.bot._loop.run_once()
                stage.market.wait(seconds=25)
            assert beats(caplog) == ["'RUNNING'"]
            stage.market.wait(seconds=25)
            await stage.bot._loop.run_once()
            assert len(beats(caplog)) == 2
