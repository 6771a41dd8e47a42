"""When a bot was down, stopped or paused, as its audit log tells."""

from appliance.research.replay.absence import absences
from tests.research.replay.made import LAST, at, line

STARTED = {"who": "appliance", "origin": "the program itself"}


def started(minute):
    return line(minute, "started", **STARTED)


def ended(minute):
    return line(minute, "ended", before="running, 1 open trade, 0 locks", **STARTED)


def told(lines, signs=(), until=LAST):
    return [(one.kind, one.begin, one.end) for one in absences(lines, list(signs), until)]


def test_a_bot_that_runs_on_was_never_absent():
    assert told([started(0)]) == []


def test_between_its_end_and_the_next_start_it_was_down():
    assert told([started(0), ended(20), started(30)]) == [("down", at(20), at(30))]


def test_a_bot_that_has_not_been_started_again_is_down_until_the_end():
    assert told([started(0), ended(20)]) == [("down", at(20), LAST)]


def test_a_killed_bot_was_down_since_its_last_sign_of_life():
    [absence] = absences([started(0), started(30)], [at(12), at(17), at(30)], LAST)
    assert (absence.kind, absence.begin, absence.end) == ("down", at(17), at(30))
    assert "without an end before: it was killed" in absence.evidence


def test_a_command_stops_it_until_the_next_one():
    lines = [
        started(0),
        line(10, "POST /stop", before="running, 2 open trades, 0 locks"),
        line(10, "outcome of 2", after="stopping trader ... (stopped, 2 open trades, 0 locks)"),
        line(20, "POST /start", before="stopped, 2 open trades, 0 locks"),
        line(20, "outcome of 4", after="starting trader ... (running, 2 open trades, 0 locks)"),
    ]
    [absence] = absences(lines, [], LAST)
    assert (absence.kind, absence.begin, absence.end) == ("stopped", at(10), at(20))
    assert "12:10:00: outcome of 2 (trader)" in absence.evidence


def test_a_paused_bot_may_be_stopped_and_end():
    lines = [
        started(0),
        line(10, "outcome of 2", after="(paused, 1 open trade, 0 locks)"),
        line(15, "outcome of 4", after="(stopped, 1 open trade, 0 locks)"),
        line(20, "ended", before="stopped, 1 open trade, 0 locks"),
        started(25),
    ]
    assert told(lines) == [("paused", at(10), at(15)), ("stopped", at(15), at(20)), ("down", at(20), at(25))]


def test_what_a_command_line_wrote_tells_nothing_of_the_bot():
    assert told([started(0), line(10, "ended", origin="command line")]) == []
