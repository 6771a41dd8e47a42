"""Role and protection of a command stand in one table; REST, dashboard, Telegram and docs follow it."""

import ast
from inspect import signature
from pathlib import Path

import pytest

from appliance.queries import commands
from appliance.queries.commands import Command
from appliance.queries.roles import Role
from appliance.server.routing.routes import PAGE_ROUTES, ROUTES, find_route
from appliance.telegram.commands import COMMANDS as CHAT_COMMANDS

ROOT = Path(__file__).parents[2]
TABLE = {name: value for name, value in vars(commands).items() if isinstance(value, Command)}
READS_BY_POST = {"/pair_candles", "/pair_history"}
"""These change nothing, and have a body that would not fit into an address."""


def stated_in(source: str) -> list[str]:
    """Return what a module states of its own: a role above viewer, or whether something is protective."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("OPERATOR", "ADMIN"):
            found.append(f"Role.{node.attr}")
        if isinstance(node, ast.Constant) and node.value in ("operator", "admin"):
            found.append(node.value)
        if (
            isinstance(node, ast.keyword)
            and node.arg == "protective"
            and isinstance(node.value, ast.Constant)
        ):
            found.append("protective")
        if isinstance(node, ast.Name) and node.id == "PROTECTIVE":
            found.append("protective")
    return found


@pytest.mark.parametrize("package", ["queries", "server", "telegram"])
def test_no_other_module_states_a_role_or_a_protection(package):
    stated = {
        str(file.relative_to(ROOT / "appliance")): stated_in(file.read_text(encoding="utf-8"))
        for file in (ROOT / "appliance" / package).rglob("*.py")
    }
    assert {name for name, found in stated.items() if found} <= {
        "queries/commands.py",  # the table
        "server/routing/routes.py",  # what reads more than a viewer may, and webserver mode
        "server/auth/credentials.py",  # the user of the configuration is admin
        "server/resources/monitoring.py",  # /metrics is no route of the API
    }
    assert "protective" not in stated.get("server/routing/routes.py", [])


def test_no_page_states_a_role():
    for page in sorted((ROOT / "web" / "templates").rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        assert "needs-" not in text, page
        assert 'role == "viewer"' not in text, page
        assert 'role != "viewer"' not in text, page


def test_each_command_of_the_table_can_be_given():
    given = [route.function for route in (*ROUTES, *PAGE_ROUTES) if route.is_command]
    given += [chat.command.function for chat in CHAT_COMMANDS.values() if chat.command]
    assert {name for name, command in TABLE.items() if command.function not in given} == set()


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.is_command], ids=lambda route: f"{route.method} {route.path}"
)
def test_a_route_has_role_and_protection_of_its_command(route):
    command = next(command for command in TABLE.values() if command.function is route.function)
    stated = command.role, command.protective, command.moves_money
    assert (route.role, route.protective, route.moves_money) == stated
    assert route.role > Role.VIEWER
    assert {"bot", "bench"} & {*signature(route.function).parameters}


def test_whatever_does_more_than_read_is_a_command():
    acting = [route for route in ROUTES if route.method != "GET" and not route.public]
    assert {route.path for route in acting if not route.is_command} == READS_BY_POST


def test_a_chat_command_refers_to_the_table():
    given = {name: chat.command for name, chat in CHAT_COMMANDS.items() if chat.command}
    assert all(command in TABLE.values() for command in given.values())
    assert given["stop"] is commands.STOP
    assert given["coo"] is commands.CANCEL_OPEN_ORDER


def test_what_deletes_for_good_or_decides_who_may_log_in_is_for_admins():
    for route in (
        find_route("DELETE", "/trades/{tradeid}"),
        find_route("POST", "/reload_config"),
        find_route("GET", "/audit"),
        find_route("DELETE", "/backtest/history/{file}"),
    ):
        assert route.role is Role.ADMIN


def test_only_what_takes_risk_away_is_protective():
    assert sorted(name for name, command in TABLE.items() if command.protective) == [
        "ADD_LOCKS",
        "ADD_TO_BLACKLIST",
        "CANCEL_OPEN_ORDER",
        "FORCE_EXIT",
        "PAUSE",
        "STOP",
    ]


def test_what_moves_money_cannot_be_undone():
    assert sorted(name for name, command in TABLE.items() if command.moves_money) == [
        "CANCEL_OPEN_ORDER",
        "DELETE_TRADE",
        "FORCE_ENTER",
        "FORCE_EXIT",
        "RESOLVE_ORDER",
    ]


def test_the_documented_roles_are_those_of_the_routes():
    """docs/security.md, "Roles": one row a command."""
    rows = {
        f"| {' '.join(names)} | {role} | {protective} |"
        for names, role, protective in (
            (
                [f"`{route.method} {route.path}`"],
                route.role.word,
                "yes" if route.protective else "",
            )
            for route in ROUTES
            if route.role > Role.VIEWER
        )
    }
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    documented = {
        line
        for line in text.splitlines()
        if line.startswith(("| `GET /", "| `POST /", "| `PATCH /", "| `DELETE /"))
    }
    assert documented == rows


def test_the_documented_roles_are_those_of_the_pages():
    rows = {
        f"| page `{route.method} {route.path}` | {route.role.word} |"
        for route in PAGE_ROUTES
        if route.role > Role.VIEWER
    }
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert {line for line in text.splitlines() if line.startswith("| page `")} == rows
