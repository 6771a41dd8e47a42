"""What `make run` and `make test` say when something is missing, and when nothing is to be done."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def error_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error."""
    return capsys.readouterr().err


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_an_unsupported_python_is_named(
    environment: ModuleType,
    version: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    with pytest.raises(SystemExit, match="2"):
        environment.check_python()
    assert error_line(capsys) == (
        f"appliance: python3 is Python 3.{version[1]}, 3.11 to 3.13 is needed: "
        "name one, e.g. make run PYTHON=python3.11\n"
    )


@pytest.mark.parametrize(
    ("name", "package"),
    [("python3", "python3-venv"), (f"python3.{sys.version_info[1]}", f"python3.{sys.version_info[1]}-venv")],
)
def test_a_missing_venv_is_named_as_apt_knows_it(
    environment: ModuleType,
    name: str,
    package: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda module: None if module == "ensurepip" else found(module)
    )
    monkeypatch.setattr(sys, "executable", f"/usr/bin/{name}")
    with pytest.raises(SystemExit, match="2"):
        environment.check_python()
    assert error_line(capsys) == f"appliance: {package} is missing: apt install {package}\n"


def test_a_step_that_fails_is_named(environment: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        environment.call("/bin/false", "here")
    assert error_line(capsys) == (
        "appliance: set-up failed at `false here ...` (reason above). "
        "Fix it, then run the same command again.\n"
    )


def test_the_stamp_makes_the_second_call_quick(environment: ModuleType, tmp_path: Path) -> None:
    assert not environment.is_ready(tmp_path, "run")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / ".ready-run").write_text(environment.fingerprint(["runtime", "install"]))
    assert environment.is_ready(tmp_path, "run")
    (tmp_path / ".ready-run").write_text("another lock")
    assert not environment.is_ready(tmp_path, "run")


def test_every_requirement_is_locked_with_its_hash(environment: ModuleType) -> None:
    for lock in environment.LOCKS.glob("*.txt"):
        lines = [line for line in lock.read_text().splitlines() if line and not line.startswith("#")]
        names = [line for line in lines if not line.startswith(" ")]
        assert names, lock.name
        assert all("==" in line and line.endswith("\\") for line in names), lock.name
        assert not any("://" in line for line in lines), f"{lock.name} names a registry"


def test_what_users_run_is_what_was_tested(environment: ModuleType) -> None:
    def locked(name: str) -> set[str]:
        lines = (environment.LOCKS / f"{name}.txt").read_text().splitlines()
        return {line.rstrip(" \\") for line in lines if "==" in line and not line.startswith("#")}

    assert locked("runtime") <= locked("dev")
    assert locked("install") <= locked("dev")
