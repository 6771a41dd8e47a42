"""docs/architecture.md names every package, and its arrows are the imports of the code."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.imports import imported_modules

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
PACKAGES = sorted(path.parent for path in (ROOT / "appliance").rglob("__init__.py"))
NAMES = [path.relative_to(ROOT / "appliance").as_posix() for path in PACKAGES[1:]]
FLOORS = {path.name for path in PACKAGES if path.parent.name == "appliance"}

Imports = Mapping[str, set[str]]


def imports_between_floors() -> Imports:
    """Return the floors that each floor's modules import."""
    found: dict[str, set[str]] = {floor: set() for floor in FLOORS}
    for floor in FLOORS:
        for file in (ROOT / "appliance" / floor).rglob("*.py"):
            parts = [module.split(".") for module in imported_modules(file.read_text())]
            found[floor] |= {part[1] for part in parts if part[0] == "appliance" and len(part) > 1} & FLOORS
    return {floor: others - {floor} for floor, others in found.items()}


def below(floor: str, imports: Imports, without: str) -> Iterator[str]:
    """Give every floor that `floor` reaches by other ways than by importing `without` directly."""
    for other in imports[floor] - {without}:
        yield other
        yield from below(other, imports, "")


def arrows_of(imports: Imports) -> set[tuple[str, str]]:
    """Return the imports from which all others follow: those that the diagram shows."""
    return {
        (floor, other)
        for floor, others in imports.items()
        for other in others
        if other not in set(below(floor, imports, without=other))
    }


def arrows_drawn() -> set[tuple[str, str]]:
    """Return the arrows of the diagram of imports: `a --> b & c`."""
    _, _, after = PAGE.partition("## What imports what")
    diagram = after.partition("```mermaid")[2].partition("```")[0]
    lines = re.findall(r"^ *([\w &]+) --> ([\w &]+)$", diagram, re.MULTILINE)
    return {
        (source.strip(), target.strip())
        for sources, targets in lines
        for source in sources.split("&")
        for target in targets.split("&")
    }


@pytest.mark.parametrize("package", NAMES)
def test_every_package_is_named(package: str):
    assert f"`{package}/`" in PAGE, f"docs/architecture.md: expected a row for `{package}/`"


def test_every_package_that_is_named_is_there():
    named = set(re.findall(r"^\| .*", PAGE, re.MULTILINE))
    rows = [name for row in named for name in re.findall(r"`([\w/]+)/`", row.split("|")[1])]
    assert len(rows) > 30
    assert [name for name in rows if not (ROOT / "appliance" / name / "__init__.py").exists()] == []


def test_arrows_are_the_imports_of_the_code():
    wanted = arrows_of(imports_between_floors())
    assert arrows_drawn() == wanted, "docs/architecture.md: expected these arrows:\n" + "\n".join(
        f"{floor} --> {' & '.join(sorted(b for a, b in wanted if a == floor))}"
        for floor in sorted({a for a, _ in wanted})
    )


def test_floors_are_listed_in_the_order_that_imports_have():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    ground_first = [
        {name.strip().removeprefix("appliance.") for name in layer.split("|")} for layer in layers
    ]
    listed = re.findall(r"^\| `(\w+)/` \|", PAGE, re.MULTILINE)
    assert set(listed) == FLOORS == set.union(*ground_first)
    position = {name: number for number, layer in enumerate(reversed(ground_first)) for name in layer}
    assert listed == sorted(listed, key=position.__getitem__)


def test_an_arrow_that_follows_from_others_is_not_drawn():
    assert arrows_of({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == {("a", "b"), ("b", "c")}
