"""The house's walls that import-linter cannot see (it keeps the others: `make lint`)."""

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOCKS = {
    "now",
    "utcnow",
    "today",
    "time",
    "time_ns",
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "fromtimestamp",
}
HEAVY = {"pandas", "numpy", "ccxt", "talib"}
LIGHT_PATHS = [
    "appliance.config",
    "appliance.cli.main",
    "appliance.server.app",
    "appliance.client",
    "appliance.ops",
]


def calls(source: str) -> set[str]:
    """Names of the methods that a module calls without telling them the time: `x.now()`, `x.time()`."""
    found = [
        node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and not node.args
    ]
    return {function.attr for function in found if isinstance(function, ast.Attribute)}


def test_rules_and_domain_hold_no_clock() -> None:
    floors = [*(ROOT / "appliance" / "domain").rglob("*.py"), *(ROOT / "appliance" / "rules").rglob("*.py")]
    asked = {str(path.relative_to(ROOT)): calls(path.read_text()) & CLOCKS for path in floors}
    assert {path: names for path, names in asked.items() if names} == {}


@pytest.mark.parametrize("module", [name for name in LIGHT_PATHS if find_spec(name)])
def test_the_light_path_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr


def test_no_file_is_too_long_to_read() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in ROOT.glob("appliance/**/*.py")
        if (n := len(p.read_text().splitlines())) > 350
    }
    assert long == {}
