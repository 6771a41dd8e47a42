"""The table of commands: what it holds, how words become calls, and what is made from it."""

import ast
import importlib.util
import inspect
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.client import AsyncRestClient, RestClient
from appliance.client.arguments import find, parse
from appliance.client.commands import BY_NAME, COMMANDS, LISTEN, MESSAGE_TYPES, ON_REQUEST
from appliance.client.errors import WrongUsage
from appliance.domain.message import MessageType
from appliance.server.routing.routes import ROUTES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("statu", "did you mean status?"),
        ("xyz", "`list` shows all"),
        ("_call", "There is no command"),
        ("trade", "missing: trade_id"),
        ("trade x", "trade_id: expected a whole number, found 'x'"),
        ("trade 1 2", "too many arguments: '2'"),
        ("trade 1 trade_id=1", "trade_id is given twice"),
        ("daily 3 days=4", "days is given twice"),
        ("daily 0", "days: expected at least 1, found 0"),
        ("weekly weeks=-1", "weeks: expected at least 1, found -1"),
        ("trade trade_id=1 trade_id=1", "trade_id is given twice"),
        ("trades nonsense=1", "there is no 'nonsense'"),
        ("trades order_by_id=maybe", "expected yes or no"),
        ("forceenter ETH/USDT up", "side: expected long or short, found 'up'"),
        ("forceenter ETH/USDT long much", "price: expected a number, found 'much'"),
        ("forceenter ETH/USDT long nan", "price: expected a number"),
        ("forceenter ETH/USDT long 5 limit", "too many arguments: 'limit'"),
        ("forceenter ETH/USDT order_type=stop", "order_type: expected limit or market"),
        ("count 1", "too many arguments"),
        ("locks ad ETH/USDT", "too many arguments"),
    ],
)
def test_wrong_words_are_reported_with_the_right_ones(line: str, text: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        parse(*find(line.split()))
    assert text in str(caught.value)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        (["trades", "50", "order_by_id=no"], "trades", {"limit": 50, "order_by_id": False}),
        (["forceenter", "ETH/USDT", "2500"], "forceenter", {"pair": "ETH/USDT", "price": 2500.0}),
        (["forceenter", "ETH/USDT", "short", ".5"], "forceenter", {"side": "short", "price": 0.5}),
        (["forceenter", "pair=E/U", "long", "enter_tag=a=b"], "forceenter", {"enter_tag": "a=b"}),
        (["forceenter", "E/U", "stake_amount=100"], "forceenter", {"stake_amount": 100.0}),
        (["forceexit", "all"], "forceexit", {"tradeid": "all"}),
        (["forceexit", "7", "amount=0.5"], "forceexit", {"tradeid": 7, "amount": 0.5}),
        (["locks", "add", "E/U", "2030-01-31 16:00:00Z"], "lock_add", {"until": "2030-01-31 16:00:00Z"}),
        (["locks", "delete", "3"], "delete_lock", {"lock_id": 3}),
        (["pair-candles", "E/U", "5m", "columns=rsi,adx"], "pair_candles", {"columns": ["rsi", "adx"]}),
        (["pair_candles", "E/U", "5m", "columns="], "pair_candles", {"columns": []}),
    ],
)
def test_words_become_arguments(words: list[str], name: str, arguments: dict) -> None:
    command, rest = find(words)
    _, named = parse(command, rest)
    assert command.name == name
    assert arguments.items() <= named.items()
    command.request([], named)


def test_pairs_that_look_like_keywords_are_taken_as_they_are() -> None:
    command, rest = find(["blacklist", "a=b", "BNB/.*"])
    assert parse(command, rest) == (["a=b", "BNB/.*"], {})


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_words_are_either_parsed_or_reported(words: list[str]) -> None:
    for command in COMMANDS:
        try:
            positional, named = parse(command, words)
        except WrongUsage:
            continue
        assert command.request(positional, named).target.startswith("/api/v1/")


def test_what_a_trading_bot_serves_has_a_command() -> None:
    of_bots = [route for route in ROUTES if not {"Webserver", "Backtest"} & {*route.tags}]
    served = {(route.method, route.path.lstrip("/")) for route in of_bots}
    asked = {(command.method, _same(command.path)) for command in COMMANDS}
    asked |= {("POST", _same(command.path)) for command in COMMANDS if command.body_with}
    missing = {(method, path) for method, path in served if (method, _same(path)) not in asked}
    assert {path for _, path in missing} <= {"token/login", "token/refresh", "pair_history"}


def _same(path: str) -> str:
    """A path whatever its parameters are called."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def test_messages_are_those_that_the_bot_sends() -> None:
    assert set(MESSAGE_TYPES) == {kind.value for kind in MessageType}
    assert set(ON_REQUEST) < set(MESSAGE_TYPES)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_a_method_with_help_in_both_clients(command) -> None:
    blocking, awaited = getattr(RestClient, command.name), getattr(AsyncRestClient, command.name)
    assert inspect.iscoroutinefunction(awaited)
    assert not inspect.iscoroutinefunction(blocking)
    assert len(inspect.signature(blocking).parameters) == len(command.parameters) + 1
    assert command.summary.rstrip().endswith((".", ".*"))
    for parameter in command.parameters:
        assert f"{parameter.name}: {parameter.help}" in blocking.__doc__
    assert command.summary.partition(".")[0] in blocking.__doc__
    assert blocking.__doc__ == awaited.__doc__


def test_names_are_used_once() -> None:
    assert len(BY_NAME) == len(COMMANDS)
    assert LISTEN.name not in BY_NAME
    assert not {"close", "messages"} & set(BY_NAME)


def test_the_document_and_the_types_are_those_of_the_table() -> None:
    """Otherwise: python packaging/client/reference.py; ruff format appliance/client"""
    path = ROOT / "packaging" / "client" / "reference.py"
    spec = importlib.util.spec_from_file_location("client_reference", path)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    written = reference.DOCUMENT.read_text()
    assert reference.document(written) == written
    assert ast.dump(ast.parse(reference.STUB.read_text())) == ast.dump(ast.parse(reference.stub()))
