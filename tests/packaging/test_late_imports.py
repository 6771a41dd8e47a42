"""Imports inside functions are late because what they load is heavy, and never to break a circle."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]

HEAVY = {
    "aiohttp": "a tenth of a second, which commands without a network need not wait for",
    "aiohttp_jinja2": "only the dashboard has templates",
    "aiosqlite": "only what reads the database needs it",
    "apprise": "loads hundreds of services",
    "argon2": "only logins hash passwords",
    "arro3": "only feather and parquet need it",
    "asyncio": "a twentieth of a second, which commands that print a line need not wait for",
    "ccxt": "half a second and 40 MB; the port opens first",
    "ctypes": "only glibc has what it is asked for",
    "distributed": "not a part of this program; a second and a half, which only searches of clusters need",
    "jinja2": "only pages have templates",
    "jwt": "loads cryptography; only sessions need it",
    "msgspec": "a small part of a second, which commands that print a line need not wait for",
    "numpy": "a tenth of a second; the port opens first",
    "optuna": "a sixth of a second; a plan needs only the name of a sampler",
    "orjson": "only clients that ask for columns need it",
    "pandas": "half a second and 40 MB; the port opens first",
    "prometheus_client": "only `/metrics` needs it",
    "psutil": "only `/sysinfo` and `/metrics` need it",
    "pyotp": "only the codes of logins need it",
    "rich": "only a terminal has tables and progress bars",
    "segno": "only the picture of a new secret needs it",
    "sqlite3": "only what reads the database needs it",
    "talib": "comes with numpy",
    "unicodedata": "only lines with other than ASCII need it",
    "webauthn": "0.15 s and 20 MB, which only logins by passkey need",
}
"""What may be imported late, and why."""

LISTED = {
    ("appliance.client", "appliance.client.rest"): "the library imports only the client that is used",
    ("appliance.cli.client", "appliance.client"): "its `AsyncRestClient` loads aiohttp once it is asked for",
    ("appliance.telegram.service", "appliance.telegram.listener"): "most bots have no Telegram",
}
"""Late imports of our own modules that load nothing heavy, and why they are late."""


class Import(NamedTuple):
    """One import statement's target, as it stands in `file:line`."""

    importer: str
    target: str
    late: bool
    place: str


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in sorted((ROOT / "appliance").rglob("*.py"))}


def _targets(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = node.module or ""
    inside = [f"{module}.{alias.name}" for alias in node.names]
    return [name for name in inside if name in MODULES] or [module]


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _imports(module: str, node: ast.AST, *, late: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            place = f"{MODULES[module].relative_to(ROOT)}:{child.lineno}"
            for target in _targets(child):
                yield Import(module, target, late, place)
        elif not _is_for_types(child):
            inside = late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(module, child, late=inside)


@cache
def _imports_of(module: str) -> tuple[Import, ...]:
    return tuple(_imports(module, ast.parse(MODULES[module].read_text(encoding="utf-8"))))


@cache
def _loaded_by(module: str, *, with_late: bool = False) -> frozenset[str]:
    """Return every module that importing `module` loads; `with_late`: and that its functions load later."""
    seen: set[str] = set()
    left = [module]
    while left:
        name = left.pop()
        parents = [name.rpartition(".")[0]] if "." in name and name in MODULES else []
        if name in seen:
            continue
        seen.add(name)
        left += parents
        if name in MODULES:
            left += [found.target for found in _imports_of(name) if with_late or not found.late]
    return frozenset(seen)


def _heavy_in(module: str) -> set[str]:
    return {name.partition(".")[0] for name in _loaded_by(module)} & set(HEAVY)


LATE = [found for module in MODULES for found in _imports_of(module) if found.late]
OURS = [found for found in LATE if found.target in MODULES]
OTHERS = [found for found in LATE if found.target not in MODULES]


def test_late_imports_are_found() -> None:
    assert {found.target for found in OURS} >= {
        "appliance.exchange.candle_table",
        "appliance.strategy.analysis",
    }
    assert {found.target for found in OTHERS} >= {"pandas", "jwt", "ccxt.base.errors"}


@pytest.mark.parametrize("found", OTHERS, ids=lambda found: f"{found.place} {found.target}")
def test_a_package_that_is_imported_late_is_heavy(found: Import) -> None:
    assert found.target.partition(".")[0] in HEAVY


@pytest.mark.parametrize("found", OURS, ids=lambda found: f"{found.place} {found.target}")
def test_a_module_of_ours_that_is_imported_late_loads_something_heavy(found: Import) -> None:
    """Something that the importing module has not loaded already."""
    fresh = _heavy_in(found.target) - _heavy_in(found.importer)
    assert fresh or (found.importer, found.target) in LISTED


@pytest.mark.parametrize("found", OURS, ids=lambda found: f"{found.place} {found.target}")
def test_a_comment_says_that_it_is_late(found: Import) -> None:
    file, line = found.place.split(":")
    statement = (ROOT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert "late" in statement.partition("#")[2]


@pytest.mark.parametrize("found", OURS, ids=lambda found: f"{found.place} {found.target}")
def test_no_late_import_hides_a_circle(found: Import) -> None:
    """A package that offers its own modules late (`__getattr__`) is none."""
    offers_its_own = found.target.startswith(f"{found.importer}.")
    assert offers_its_own or found.importer not in _loaded_by(found.target, with_late=True)


@pytest.mark.parametrize(("importer", "target"), sorted(LISTED))
def test_what_is_listed_is_imported_late(importer: str, target: str) -> None:
    assert (importer, target) in {(found.importer, found.target) for found in OURS}
