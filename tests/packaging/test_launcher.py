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


def test_another_python_is_reported_in_one_line(single: SingleFile) -> None:
    single.build(python=(3, 99))
    status, out, err = single.start("trade")
    assert (status, out) == (2, "")
    assert err.startswith("appliance: this file needs python3.99 on ")
    assert err.count("\n") == 1


def test_a_cache_of_another_user_is_never_used(single: SingleFile, tmp_path: Path) -> None:
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
    errors = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [7] * 6
    assert sum("unpacking" in err for err in errors) == 1


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


# -- what others laid where we unpack ----------------------------------------------------------------------

FORGED = "def main():\n    print('forged')\n    return 0\n"
NOBODY = 65534
MAIN = "b1/site-packages/appliance/cli/main.py"


def planted(single: SingleFile) -> Path:
    """Lay a whole build of somebody else's where ours would be; the root itself is ours."""
    folder = single.root / "b1" / "site-packages"
    for name in MODULES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(FORGED if name.endswith("main.py") else "")
    single.root.chmod(0o700)
    return single.root / "b1"


def test_a_root_that_others_can_write_is_created_again(single: SingleFile) -> None:
    planted(single)
    single.root.chmod(0o777)
    _, out, err = single.start()
    assert out.startswith(str(single.root)), (out, err)
    assert single.root.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in single.cache.iterdir()] == ["appliance"]


@pytest.mark.parametrize("what", ["b1", "b1/site-packages/appliance", MAIN])
def test_files_of_another_user_are_not_run(single: SingleFile, what: str) -> None:
    if os.geteuid():
        pytest.skip("only root can give files away")
    planted(single)
    os.chown(single.root / what, NOBODY, NOBODY)
    _, out, err = single.start()
    assert out.startswith(str(single.root)), (out, err)
    assert single.start()[2] == ""


def test_bytecode_of_another_user_is_not_run(single: SingleFile) -> None:
    if os.geteuid():
        pytest.skip("only root can give files away")
    single.start()
    (compiled,) = single.root.glob("b1/site-packages/appliance/cli/__pycache__/main.*.pyc")
    os.chown(compiled, NOBODY, NOBODY)
    assert "unpacking" in single.start()[2]


@pytest.mark.parametrize("mode", [0o666, 0o664])
def test_a_file_that_others_may_write_is_not_run(single: SingleFile, mode: int) -> None:
    (planted(single) / "site-packages/appliance/cli/main.py").chmod(mode)
    _, out, err = single.start()
    assert out.startswith(str(single.root)), (out, err)


@pytest.mark.parametrize("what", ["b1", "b1/site-packages", MAIN, "unfinished"])
def test_no_link_leads_elsewhere(single: SingleFile, tmp_path: Path, what: str) -> None:
    planted(single)
    place, theirs = single.root / what, tmp_path / "theirs"
    if place.exists():
        place.rename(theirs)
    else:
        theirs.mkdir()
    place.symlink_to(theirs)
    before = sorted(theirs.rglob("*"))
    single.build("b2" if what == "unfinished" else "b1")
    _, out, err = single.start()
    assert out.startswith(str(single.root)), (out, err)
    assert sorted(theirs.rglob("*")) == before


def test_a_lock_that_is_a_link_empties_no_file(single: SingleFile, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    single.root.mkdir(mode=0o700)
    (single.root / "lock").symlink_to(precious)
    single.start(HOME=str(tmp_path))
    assert precious.read_text() == "precious"


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("fault", ["writable by all", "of a group", "somebody else's", "a foreign link"])
def test_no_level_above_may_be_others(single: SingleFile, tmp_path: Path, level: int, fault: str) -> None:
    levels = [tmp_path / "1", tmp_path / "1/2", tmp_path / "1/2/3"]
    levels[-1].mkdir(parents=True)
    bad = levels[level - 1]
    if fault == "writable by all":
        bad.chmod(0o777)
    elif os.geteuid():
        pytest.skip("only root can give folders away")
    elif fault == "of a group":
        os.chown(bad, 0, 4711)
        bad.chmod(0o775)
    elif fault == "a foreign link":
        bad.rename(tmp_path / "real")
        bad.symlink_to(tmp_path / "real")
        os.chown(bad, NOBODY, NOBODY, follow_symlinks=False)
    else:
        os.chown(bad, NOBODY, NOBODY)
    home = tmp_path / "home"
    home.mkdir()
    _, out, err = single.start(HOME=str(home), XDG_CACHE_HOME=str(levels[-1]))
    assert out.startswith(str(home)), (out, err)


def test_a_lax_umask_makes_no_start_unpack_again(single: SingleFile) -> None:
    before = os.umask(0)
    try:
        single.start()
        assert single.start()[2] == ""
        assert single.start()[2] == ""
    finally:
        os.umask(before)
    files = list(single.root.rglob("*.py"))
    assert files
    assert not any(path.stat().st_mode & 0o077 for path in files)
