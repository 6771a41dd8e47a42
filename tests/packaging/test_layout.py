"""Where files stand: tests mirror the package by name, folders are short, benchmarks import no test."""

from pathlib import Path

import pytest

from tests.support.imports import imported_modules

ROOT = Path(__file__).parents[2]
MOST_FILES = 22
PLUG_INS = {"appliance/pairlists/lists"}
"""Folders with one file for each thing that can be chosen; they may be longer."""
TEST_FILES = sorted((ROOT / "tests").rglob("test_*.py"))
NO_MIRRORS = {
    "data": "what tests read",
    "end_to_end": "whole processes",
    "exchange_dialects": "other exchanges, as far as ccxt asks them",
    "exchange_server": "the test exchange, with its own tests",
    "fuzzing": "requests that nobody thought of",
    "histories": "random histories of a bot and its exchange",
    "packaging": "the scripts of packaging/, and how the repository is laid out",
    "support": "what tests of several packages share",
}


def module_that(test: Path) -> str | None:
    """Return what is wrong with a test file's name, or None.

    `tests/a/b/test_c.py` tests `appliance/a/b/c.py` or the package `appliance/a/b/c/`. Below a folder
    `scenarios` names are free.
    """
    place = test.relative_to(ROOT / "tests")
    folders = place.parts[:-1]
    if folders and folders[0] in NO_MIRRORS:
        return None
    mirrored = folders[: folders.index("scenarios")] if "scenarios" in folders else folders
    folder = ROOT.joinpath("appliance", *mirrored)
    if not any(folder.glob("*.py")):
        return f"tests/{place}: expected a folder {folder.relative_to(ROOT)}/"
    name = test.stem.removeprefix("test_")
    if "scenarios" in folders or (folder / f"{name}.py").exists() or (folder / name / "__init__.py").exists():
        return None
    return f"tests/{place}: expected a module {folder.relative_to(ROOT)}/{name}.py; or move it to scenarios/"


def test_test_files_are_named_after_the_modules_that_they_test():
    assert [wrong for test in TEST_FILES if (wrong := module_that(test))] == []


@pytest.mark.parametrize(
    "name", ["bot/test_nothing.py", "nothing/test_bot.py", "bot/nothing/scenarios/test_it.py"]
)
def test_a_misnamed_test_file_is_found(name: str):
    assert module_that(ROOT / "tests" / name)


def test_no_folder_has_more_files_than_fit_a_look():
    sizes = {
        folder.relative_to(ROOT).as_posix(): sum(file.name != "__init__.py" for file in folder.glob("*.py"))
        for top in ("appliance", "tests", "benchmarks", "packaging")
        for folder in [ROOT / top, *(path for path in (ROOT / top).rglob("*") if path.is_dir())]
    }
    long = {folder: size for folder, size in sizes.items() if size > MOST_FILES and folder not in PLUG_INS}
    assert long == {}
    assert all(folder in sizes for folder in PLUG_INS)


WALLS = {"appliance": {"tests", "benchmarks"}, "tests": {"benchmarks"}, "benchmarks": {"tests"}}


@pytest.mark.parametrize("folder", WALLS)
def test_tests_benchmarks_and_the_program_do_not_import_each_other(folder: str):
    """Benchmarks may start `python -m tests.exchange_server` as a process; nothing of tests is imported."""
    files = list((ROOT / folder).rglob("*.py"))
    assert len(files) > 10
    wrong = {
        str(file.relative_to(ROOT)): names
        for file in files
        if (names := {name.split(".")[0] for name in imported_modules(file.read_text())} & WALLS[folder])
    }
    assert wrong == {}
