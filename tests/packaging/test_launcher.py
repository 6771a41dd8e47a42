"""The single file's start, with a tiny archive in place of the real one: same launcher, one module inside."""

import fcntl
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parents[2] / "packaging" / "launcher.py"
MODULES = {
    "appliance/__init__.py": "",
    "appliance/cli/__init__.py": "",
    "appliance/cli/main.py": "import sys\ndef main():\n    print(__file__, sys.argv[1:])\n    return 7\n",
}


class SingleFile:
    """A .pyz with our launcher, started as a trader would with a cache folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "appliance.pyz"
        self.cache = folder / "cache"
        self.root = self.cache / "appliance"
        self.cache.mkdir()
        self.build()

    def build(self, build: str = "b1", python: tuple[int, int] = sys.version_info[:2]) -> None:
        facts = {"BUILD": build, "FILES": len(MODULES), "PYTHON": python, "MACHINE": os.uname().machine}
        with zipfile.ZipFile(self.path, "w") as archive:
            archive.writestr("__main__.py", "import launcher\nlauncher.start()\n")
            archive.writestr("launcher.py", LAUNCHER.read_text())
            archive.writestr(
                "build_facts.py", "".join(f"{name} = {value!r}\n" for name, value in facts.items())
            )
            for name, source in MODULES.items():
                archive.writestr(f"site-packages/{name}", source)

    def popen(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        given = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(self.cache), **environment}
        command = [sys.executable, str(self.path), *arguments]
        return subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def start(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        process = self.popen(*arguments, **environment)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


@pytest.fixture
def single(tmp_path: Path) -> SingleFile:
    return SingleFile(tmp_path)


def test_another_python_is_told_in_one_line(single: SingleFile) -> None:
    single.build(python=(3, 99))
    status, out, err = single.start("trade")
    assert (status, out) == (2, "")
    assert err.startswith("appliance: this file needs python3.99 on ")
    assert err.count("\n") == 1


def test_a_cache_of_somebody_else_is_never_used(single: SingleFile, tmp_path: Path) -> None:
    # A link that another user laid where our folder should be: they could change what we run.
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    single.root.symlink_to(theirs)
    home = tmp_path / "home"
    home.mkdir()
    _, out, _ = single.start(HOME=str(home))
    assert out.startswith(str(home / ".cache" / "appliance" / "b1"))
    assert list(theirs.iterdir()) == []


def test_a_folder_that_everybody_may_change_is_never_used(single: SingleFile, tmp_path: Path) -> None:
    single.cache.chmod(0o777)
    home = tmp_path / "home"
    home.mkdir()
    _, out, _ = single.start(HOME=str(home))
    assert out.startswith(str(home))


@pytest.mark.parametrize("home", ["/proc", "/nowhere", "relative", ""])
def test_without_a_usable_home_it_still_starts(single: SingleFile, home: str) -> None:
    status, out, _ = single.start("version", HOME=home)
    assert status == 7
    assert out.startswith(str(single.root))


def test_a_damaged_cache_is_unpacked_again(single: SingleFile) -> None:
    single.start()
    (single.root / "b1" / "site-packages" / "appliance" / "cli" / "main.py").unlink()
    status, _, err = single.start()
    assert status == 7
    assert "unpacking" in err


def test_what_a_killed_start_left_behind_is_no_hindrance(single: SingleFile) -> None:
    left = single.root / "unfinished" / "site-packages" / "appliance"
    left.mkdir(parents=True)
    (left / "old.py").write_text("")
    assert single.start()[0] == 7
    assert sorted(path.name for path in single.root.iterdir()) == ["b1", "lock"]


def test_many_first_starts_at_once(single: SingleFile) -> None:
    started = [single.popen() for _ in range(6)]
    told = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [7] * 6
    assert sum("unpacking" in err for err in told) == 1


def test_a_second_start_only_runs(single: SingleFile) -> None:
    status, out, err = single.start("trade", "-c", "my.json")
    assert (status, out.strip().rpartition("main.py ")[2]) == (7, "['trade', '-c', 'my.json']")
    assert err == f"appliance: first start of this version, unpacking into {single.root}\n"
    assert single.root.stat().st_mode & 0o777 == 0o700
    assert single.start("trade", "-c", "my.json") == (status, out, "")


def test_an_update_removes_the_old_version_unless_a_bot_runs_from_it(single: SingleFile) -> None:
    for build in ("b1", "b2", "b3"):
        single.build(build)
        single.start()
        if build == "b1":
            running = os.open(single.root / "b1", os.O_RDONLY)
            fcntl.flock(running, fcntl.LOCK_SH)
    assert sorted(path.name for path in single.root.iterdir()) == ["b1", "b3", "lock"]
    os.close(running)


def test_systemds_cache_folder_comes_first(single: SingleFile, tmp_path: Path) -> None:
    given = tmp_path / "service"
    given.mkdir()
    _, out, _ = single.start(CACHE_DIRECTORY=str(given))
    assert out.startswith(str(given / "unpacked"))
