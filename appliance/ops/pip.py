"""Install packages into a folder with pip, without changing the packages of this program."""

import importlib.machinery
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from appliance.domain.errors import PackageError

_CONFLICT = "The conflict is caused by:"
_VERSION = re.compile(r"\d+(\.\d+)*((a|b|rc|\.post|\.dev)\d+)*(\+[\w.]+)?")
"""Versions that pip accepts; some packages of Linux distributions have others."""


_QUIETLY = ("--no-input", "--disable-pip-version-check")
_START = """
import sys
end = sys.argv.index("--")
sys.path[:0] = sys.argv[1:2]
sys.path += sys.argv[2:end]
sys.argv[1:end + 1] = []
from pip._internal.cli.main import main
sys.exit(main())
"""
"""Run the pip in the first folder; packages in the other folders count as installed."""


class Package(NamedTuple):
    """A package and its version."""

    name: str
    version: str


class Pip:
    """Run pip for one folder; our own packages count as installed and fixed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found = _find_pip()

    def missing(self, wanted: Sequence[str]) -> list[str]:
        """Return the packages to install for `wanted`, in the syntax of pip. Raises `PackageError`."""
        wanted = [_absolute(each) for each in wanted]
        with tempfile.TemporaryDirectory() as place:
            report, constraints = Path(place, "report.json"), Path(place, "constraints.txt")
            constraints.write_text("".join(f"{name}=={version}\n" for name, version in _ours(self._folder)))
            self._run("install", "--dry-run", "--report", str(report), "-c", str(constraints), *wanted)
            return [_requirement(item) for item in json.loads(report.read_text())["install"]]

    def install(self, exact: Sequence[str]) -> list[Package]:
        """Install exactly these packages, replacing other versions. Raises `PackageError`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder.parent) as place:
            self._run("install", "--no-deps", "--target", place, *exact)
            fresh = installed(Path(place))
            for package in fresh:
                remove(self._folder, package.name)
            shutil.copytree(place, self._folder, dirs_exist_ok=True)
        return fresh

    def _run(self, *arguments: str) -> None:
        # -I: modules of the working folder or the environment must not shadow those of pip.
        path = [str(self._found), *_own_folders(), str(self._folder)]
        try:
            with tempfile.TemporaryDirectory() as place:
                done = subprocess.run(
                    [sys.executable, "-I", "-c", _START, *path, "--", *_QUIETLY, *arguments],
                    cwd=place,
                    env={name: text for name, text in os.environ.items() if not name.startswith("PYTHON")},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    errors="replace",
                    check=False,
                )
        except OSError as error:
            raise PackageError(f"pip cannot be run: {error.strerror or error}") from None
        if done.returncode:
            raise PackageError(_reason(done.stdout, done.stderr))


def installed(folder: Path) -> list[Package]:
    """Return the packages in a folder, sorted by name."""
    found = importlib.metadata.distributions(path=[str(folder)])
    return sorted(Package(each.name, each.version) for each in found)


def remove(folder: Path, name: str) -> Package | None:
    """Remove the files of a package from the folder; None if it is not installed."""
    wanted = _normalized(name)
    for each in importlib.metadata.distributions(path=[str(folder)]):
        if _normalized(each.name) != wanted:
            continue
        package = Package(each.name, each.version)
        for file in each.files or []:
            _unlink(folder, Path(str(each.locate_file(file))))
        return package
    return None


def _unlink(folder: Path, file: Path) -> None:
    """Remove a file in the folder, its bytecode, and folders that are empty then."""
    if not file.resolve().is_relative_to(folder.resolve()):
        return
    file.unlink(missing_ok=True)
    for compiled in file.parent.glob(f"__pycache__/{file.stem}.*.pyc"):
        compiled.unlink()
    for parent in (file.parent / "__pycache__", *file.parents):
        if parent == folder or not parent.is_dir() or any(parent.iterdir()):
            continue
        parent.rmdir()


def _find_pip() -> Path:
    """Return the folder or the wheel of pip. Raises `PackageError`.

    The working folder is not searched: another user may have put a file of that name there.
    """
    trusted = [part for part in sys.path if part and not _is_here(Path(part))]
    found = importlib.machinery.PathFinder.find_spec("pip", trusted)
    if found is not None and found.submodule_search_locations:
        return Path(found.submodule_search_locations[0]).parent.absolute()
    for folder in _wheel_folders():
        wheels = sorted(folder.glob("pip-*.whl"))
        if wheels:
            return wheels[-1].absolute()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise PackageError(
        f"Python {version} has no pip, which is needed to install packages: apt install python3-pip"
    )


def _is_here(part: Path) -> bool:
    """Return whether an item of Python's path is the working folder."""
    try:
        return part.samefile(Path.cwd())
    except OSError:  # one of them was removed
        return not part.is_absolute()


def _wheel_folders() -> Iterator[Path]:
    """Yield the folders with the pip for new virtual environments, of Python or the Linux distribution."""
    given = sysconfig.get_config_var("WHEEL_PKG_DIR")
    if given:
        yield Path(given)
    bundled = importlib.util.find_spec("ensurepip")
    if bundled is not None and bundled.origin:
        yield Path(bundled.origin).parent / "_bundled"
    yield Path("/usr/share/python-wheels")


def _own_folders() -> list[str]:
    """Return the folders with the packages of this program."""
    import msgspec

    own = Path(msgspec.__file__).parents[1]
    return list(dict.fromkeys([str(own), *(part for part in sys.path if part.endswith("-packages"))]))


def _ours(folder: Path) -> list[Package]:
    """Return the packages outside of the folder, which must stay at these versions.

    The path of Python may contain several versions; the one that is imported counts.
    """
    imported: dict[str, Package] = {}
    for part in sys.path:
        if part != str(folder):
            for each in importlib.metadata.distributions(path=[part]):
                imported.setdefault(_normalized(each.name), Package(each.name, each.version))
    return sorted(each for each in imported.values() if _VERSION.fullmatch(each.version))


def _absolute(wanted: str) -> str:
    """Return the absolute path of a file or folder: pip runs in another folder."""
    is_place = os.sep in wanted and "://" not in wanted and Path(wanted).exists()
    return os.path.abspath(wanted) if is_place else wanted


def _requirement(item: dict[str, object]) -> str:
    metadata, download = item["metadata"], item["download_info"]
    assert isinstance(metadata, dict) and isinstance(download, dict)
    if item.get("is_direct"):
        return f"{metadata['name']} @ {download['url']}"
    return f"{metadata['name']}=={metadata['version']}"


def _reason(output: str, errors_text: str) -> str:
    """Return the error of pip in one line."""
    _, conflict, causes = output.partition(_CONFLICT)
    lines = [line.strip() for line in errors_text.splitlines()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    if conflict:
        about = (
            causes.strip().partition("\n\n")[0].replace("The user requested (constraint)", "this program has")
        )
        errors = [*errors[:1], *(line.strip() for line in about.splitlines())]
    return "pip: " + "; ".join(errors or lines[-3:])


def _normalized(name: str) -> str:
    """Return the normalized name of a package."""
    return re.sub(r"[-_.]+", "-", name).lower()
