"""`appliance packages`, with pip itself and a shelf of small wheels in place of the package index."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from appliance.ops import pip
from appliance.strategy.loading.packages import make_importable, package_folder
from tests.support.scripted import QUIET

pytestmark = pytest.mark.python_independent


def put_wheel(shelf: Path, name: str, version: str, *, needs: tuple[str, ...] = (), code: str = "") -> None:
    about = f"{name}-{version}.dist-info"
    metadata = "".join(
        ["Metadata-Version: 2.1\n", f"Name: {name}\n", f"Version: {version}\n"]
        + [f"Requires-Dist: {need}\n" for need in needs]
    )
    files = {
        f"{name}/__init__.py": code or f'version = "{version}"\n',
        f"{about}/METADATA": metadata,
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(shelf / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for file, text in {**files, f"{about}/RECORD": record}.items():
            wheel.writestr(file, text)


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Path:
    place = tmp_path / "shelf"
    place.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return place


@pytest.fixture
def own(folder, monkeypatch) -> Path:
    """The bot's own package folder; what becomes importable is forgotten after the test."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    return package_folder(folder / "user_data")


def test_what_cannot_be_installed_is_one_line(appliance, shelf):
    status, _, err = appliance("packages", "install", "nowhere_to_be_found")
    assert status == 2
    assert "nowhere_to_be_found" in err
    assert len(err.splitlines()) == 1


def test_our_own_packages_are_not_replaced(appliance, shelf, own):
    put_wheel(shelf, "greedy", "1.0", needs=("msgspec<0.1",))
    put_wheel(shelf, "msgspec", "0.0.1")
    status, _, err = appliance("packages", "install", "greedy")
    assert status == 2
    assert "greedy" in err
    assert "this program has msgspec" in err
    assert pip.installed(own) == []


def test_what_the_systems_python_has_besides_does_not_count(appliance, shelf, own, tmp_path):
    """The single file brings its own packages and stands before those of the Python that runs it."""
    behind = tmp_path / "behind"
    (behind / "msgspec-0.0.1.dist-info").mkdir(parents=True)
    (behind / "msgspec-0.0.1.dist-info" / "METADATA").write_text("Name: msgspec\nVersion: 0.0.1\n")
    sys.path.append(str(behind))
    put_wheel(shelf, "helpful", "1.0", needs=("msgspec",))
    done = appliance("packages", "install", "helpful")
    assert (done.status, done.out.splitlines()[:1]) == (0, ["Installed helpful 1.0"]), done.err


def test_what_we_have_already_is_not_installed_again(appliance, shelf, own):
    put_wheel(shelf, "helpful", "1.0", needs=("msgspec", "smaller"))
    put_wheel(shelf, "smaller", "2.0")
    status, out, _ = appliance("packages", "install", "helpful")
    assert status == 0
    assert out.splitlines()[:2] == ["Installed helpful 1.0", "Installed smaller 2.0"]
    assert appliance("packages", "install", "helpful").out == "Already there: helpful\n"
    assert appliance("packages", "list").out == "helpful 1.0\nsmaller 2.0\n"
    assert own.stat().st_mode & 0o077 == 0


def test_another_version_takes_the_place_of_the_first(appliance, shelf, own):
    put_wheel(shelf, "helpful", "1.0")
    appliance("packages", "install", "helpful==1.0")
    put_wheel(shelf, "helpful", "2.0")
    assert "Installed helpful 2.0" in appliance("packages", "install", "helpful==2.0").out
    assert pip.installed(own) == [("helpful", "2.0")]


def test_a_removed_package_is_gone_and_a_missing_one_is_reported(appliance, shelf, own):
    put_wheel(shelf, "Helpful_Thing", "1.0")
    appliance("packages", "install", "helpful-thing")
    assert appliance("packages", "remove", "helpful.thing").out == "Removed Helpful_Thing 1.0\n"
    assert list(own.iterdir()) == []
    status, _, err = appliance("packages", "remove", "helpful-thing")
    assert (status, "installed: none" in err) == (2, True)


def test_without_pip_the_one_that_python_keeps_for_new_environments_is_used(monkeypatch, tmp_path):
    monkeypatch.setattr(pip.importlib.machinery.PathFinder, "find_spec", lambda name, path: None)
    monkeypatch.setattr(pip, "_wheel_folders", lambda: iter([tmp_path]))
    with pytest.raises(pip.PackageError, match="install python3-pip"):
        pip.Pip(tmp_path)
    (tmp_path / "pip-25.0-py3-none-any.whl").touch()
    assert pip.Pip(tmp_path)._found == tmp_path / "pip-25.0-py3-none-any.whl"


@pytest.mark.parametrize("how", ["working folder", "PYTHONPATH", "beside the program"])
def test_a_pip_that_lies_about_is_not_run(appliance, shelf, own, tmp_path, monkeypatch, how):
    trap = tmp_path / "trap"
    trap.mkdir()
    for name in ("pip", "json", "encodings", "sitecustomize", "usercustomize"):
        (trap / f"{name}.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\n")
    monkeypatch.chdir(trap if how == "working folder" else tmp_path)
    if how == "PYTHONPATH":
        monkeypatch.setenv("PYTHONPATH", str(trap))
    if how == "beside the program":  # as `python -m appliance` has it
        monkeypatch.chdir(trap)
        monkeypatch.setattr(sys, "path", ["", str(trap), *sys.path])
    put_wheel(shelf, "helpful", "1.0")
    done = appliance("packages", "install", "helpful")
    assert (done.status, done.out.splitlines()[:1]) == (0, ["Installed helpful 1.0"]), done.err
    assert not (tmp_path / "sprung").exists()


def test_a_pip_from_a_wheel_works_without_another(appliance, shelf, own, monkeypatch):
    import ensurepip

    (wheel,) = (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")
    monkeypatch.setattr(pip, "_find_pip", lambda: wheel)
    put_wheel(shelf, "helpful", "1.0")
    assert appliance("packages", "install", "helpful").out.startswith("Installed helpful 1.0")


def test_a_wheel_is_named_from_the_folder_of_the_caller(appliance, shelf, own, monkeypatch):
    put_wheel(shelf, "helpful", "1.0")
    monkeypatch.chdir(shelf)
    done = appliance("packages", "install", "./helpful-1.0-py3-none-any.whl")
    assert done.out.startswith("Installed helpful 1.0"), done.err


def test_a_strategy_with_a_missing_package_names_the_command_to_install_it(appliance, shelf, own, folder):
    strategies = folder / "user_data" / "strategies"
    strategies.mkdir(parents=True)
    code = QUIET.replace("from freqtrade", "import py3cw\nfrom freqtrade", 1)
    (strategies / "quiet.py").write_text(code)

    def status() -> str:
        listed = json.loads(appliance("list-strategies", "--json").out)
        return next(each["status"] for each in listed if each["name"] == "Quiet")

    # A package that strategies are known to import; the tests' own has its name.
    assert "`appliance packages install py3cw`" in status()
    put_wheel(shelf, "py3cw", "1.0")
    assert appliance("packages", "install", "py3cw").status == 0
    assert status() == "OK"


def test_the_folder_comes_after_everything_else(own):
    own.mkdir(parents=True)
    (own / "msgspec.py").write_text("raise RuntimeError('replaced')")
    make_importable(own)
    make_importable(own)
    assert sys.path.count(str(own)) == 1
    assert sys.path[-1] == str(own)


def test_an_empty_folder_is_described(appliance, own):
    assert appliance("packages", "list")[:2] == (0, f"No packages in {own}\n")
