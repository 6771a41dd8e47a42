"""Whatever people write as a pattern is matched as Python does it, or refused; nothing takes long."""

import multiprocessing
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from appliance.domain.errors import ConfigurationError
from appliance.pairlists.blacklist import MAX_AT_ONCE, MAX_ITEMS, Blacklist
from appliance.pairlists.patterns import pattern as patterns
from appliance.pairlists.patterns.automaton import Automaton, NoAutomaton
from appliance.pairlists.patterns.pattern import MAX_NAME_LENGTH, MAX_PATTERN_LENGTH, Pattern, compiled
from tests.pairlists.scenery import market

ORDINARY = [
    "BTC/USDT",
    ".*/USDT",
    "(BNB|BUSD)/.*",
    ".*(_PREMIUM|BEAR|BULL|HALF|HEDGE|UP|DOWN|[1235][SL])/.*",
    "^(?!.*(BTC|ETH)).*$",
    "(?!BTC)[A-Z0-9]+/USDT(:USDT)?",
    ".*USDT.*:.*USDT.*",
    "1000(SHIB|PEPE)/USDT",
    "|".join(f"C{number}/USDT" for number in range(1000)),
    r"(\w)\1+/.*",
]
# Each of these takes Python's matcher longer than anybody lives, on a name it does not match.
ENDLESS = [
    "(a|a)*b",
    "(.*)*x",
    "(.+)+$x",
    "([A-Z]+)*x",
    "(([A-Z]+)*)+x",
    "(A|AA)+x",
    "(.|[A-Z])+x",
    "(?:.*)*?x",
    "(.*.*.*)*x",
    ".*" * 20 + "x",
    "(A?){40}A{40}x",
    "(?:(?:A*)*)*x",
    "(?=(.*)*x)A",
    "(?<!B)(A+)+x",
    "(A+)+\\1x",
]
TOO_MUCH = [
    "(" * 5000 + ")" * 5000,
    "(?:" * 3000 + "a" + ")*" * 3000,
    "[" * 9999,
    "a{99999999999999}",
    "(?:){4294967294}",
    "((((a{1000}){1000}){1000}){1000})*x",
    "[\x00-\U0010ffff]" * 1000,
    "A" * (MAX_PATTERN_LENGTH + 1),
    "(?P<x>a)(?P<x>b)",
    "\\",
    "\ud800+",
    "\x00*",
]
NAMES = ["A" * 30, "A" * 15 + "/" + "A" * 15, "A" * MAX_NAME_LENGTH, "A" * 5000, "BTC/USDT", ""]


@pytest.mark.parametrize("pattern", ORDINARY)
def test_ordinary_patterns_mean_what_python_says(pattern: str):
    names = ["BTC/USDT", "ETHBULL/USDT", "BNB/BTC", "ETH/USDT:USDT", "AAB/USDT", "AA/BTC", "C77/USDT", "x"]
    told = Pattern(pattern)
    for name in names:
        assert told.matches(name) == bool(re.fullmatch(pattern, name, re.IGNORECASE)), name


def _use(pattern: str) -> None:
    try:
        told = Pattern(pattern)
    except ConfigurationError:
        return
    for name in NAMES:
        told.matches(name)


@pytest.mark.parametrize("pattern", ENDLESS + TOO_MUCH)
def test_no_pattern_takes_forever(pattern: str):
    # In a process of its own: Python's matcher cannot be interrupted.
    process = multiprocessing.get_context("fork").Process(target=_use, args=(pattern,), daemon=True)
    process.start()
    process.join(60)
    alive = process.is_alive()
    process.kill()
    assert not alive
    assert process.exitcode == 0


_ANSWERED = [each for each in ENDLESS if "$" not in each and not re.search(r"\(\?[=<]|\\1", each)]


@pytest.mark.parametrize("pattern", _ANSWERED)
def test_what_python_would_never_answer_is_answered(pattern: str):
    told = Pattern(pattern)
    assert not told.matches("A" * 30)
    ends = {"(a|a)*b": "aab", "(A?){40}A{40}x": "A" * 45 + "x"}.get(pattern, "AAx")
    assert told.matches(ends)


_PIECES = some.recursive(
    some.sampled_from(["a", "b", "B", ".", "[ab]", "[^a]", r"\w", r"\d", "/", "^", "$", "(?i:A)", "(?-i:B)"]),
    lambda inner: some.one_of(
        some.lists(inner, min_size=1, max_size=3).map("".join),
        some.lists(inner, min_size=1, max_size=3).map("|".join).map("({})".format),
        some.tuples(inner, some.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?", "{0,2}"])).map(
            lambda both: f"(?:{both[0]}){both[1]}"
        ),
    ),
    max_leaves=8,
)


@given(_PIECES, some.lists(some.text("abAB/1", max_size=6), min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_the_automaton_answers_as_python_does(pattern: str, names: list[str]):
    expression = re.compile(pattern, re.IGNORECASE)
    parsed = patterns.parser.parse(pattern, re.IGNORECASE)
    try:
        automaton = Automaton(parsed, expression.flags, patterns._one)
    except NoAutomaton:
        return
    for name in names:
        assert automaton.fullmatch(name) == bool(expression.fullmatch(name)), name


def test_one_refused_pattern_is_reported_and_the_others_are_added():
    blacklisted = Blacklist()
    errors = blacklisted.add(["(?=(.*)*x)A", "BNB/.*", "(" * 3000 + ")" * 3000, "(a|a)*b"])
    assert blacklisted.patterns == ["BNB/.*", "(a|a)*b"]
    assert len(errors) == 2
    assert all("neither a pair nor a valid wildcard" in why for why in errors.values())
    assert blacklisted.expanded({"BNB/USDT": market("BNB/USDT")}) == ["BNB/USDT"]


def test_a_flood_of_entries_is_refused_and_what_is_listed_stays():
    blacklisted = Blacklist(["BNB/.*"])
    errors = blacklisted.add([f"C{number}/.*" for number in range(MAX_AT_ONCE + 1)])
    assert errors == {f"C{MAX_AT_ONCE}/.*": f"more than {MAX_AT_ONCE} items at once."}
    for batch in range(1, 10):
        errors = blacklisted.add([f"C{number}/.*" for number in range(batch * 1000, batch * 1000 + 1000)])
    assert set(errors.values()) == {"The blacklist is full."}
    assert len(blacklisted.patterns) == MAX_ITEMS
    assert blacklisted.patterns[0] == "BNB/.*"


def test_the_cache_of_expressions_is_bounded_by_their_size(monkeypatch):
    """512 of the largest automata would be 180 MB."""
    monkeypatch.setattr(patterns, "MAX_STATES_CACHED", 2_000)
    for number in range(30):
        slow = f"((.|[{chr(0x4E00 + number)}x])*)*" + "(.?)?" * 100
        assert compiled(slow).matches("BTC/USDT")
        assert compiled(slow) is compiled(slow)
        assert compiled(slow).states > 100
        assert patterns.cache.states <= 2_000
    usual = compiled("BNB/.*")
    assert usual.states == 0
    assert compiled("BNB/.*") is usual
