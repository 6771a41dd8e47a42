"""Build dist/appliance-<version>-cp3xx-linux-<arch>.pyz: one file with everything except Python itself.

Runs in build/venv (`make pyz`). The dependencies come from packaging/locks/runtime.txt, hash by hash; the
archive is shiv's, with packaging/launcher.py instead of its start-up code. Two builds of the same commit on
the same machine are identical.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import shiv
from shiv.bootstrap.environment import Environment
from shiv.builder import create_archive, write_to_zipapp
from shiv.constants import BUILD_AT_TIMESTAMP_FORMAT, SOURCE_DATE_EPOCH_DEFAULT

ROOT = Path(__file__).resolve().parent.parent
STAGE = ROOT / "build" / "stage"
EPOCH = datetime.fromtimestamp(SOURCE_DATE_EPOCH_DEFAULT, UTC)

# Files of dependencies not needed at run time: tests, headers, sources of compiled modules, type stubs.
PRUNED_FOLDERS = {"tests", "__pycache__", "ccxt/test"}
PRUNED_SUFFIXES = {".pyi", ".pyx", ".pxd", ".pxi", ".c", ".h", ".cpp", ".hpp", ".f", ".f90", ".a", ".tpl"}
PRUNED_NAMES = {
    "RECORD",
    "REQUESTED",
    "INSTALLER",
    "direct_url.json",
}  # true of the stage, not of the archive


def pip(*arguments: str | Path) -> None:
    """Run the pip of this environment; exit if it fails (it prints the reason)."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(2)


def stage() -> None:
    """Install the locked dependencies and the project itself into an empty folder."""
    shutil.rmtree(STAGE.parent / "wheel", ignore_errors=True)
    shutil.rmtree(STAGE, ignore_errors=True)
    quiet: list[str | Path] = ["-qq", "--no-compile", "--no-deps", "--target", STAGE]
    wheels = ["--require-hashes", "--only-binary", ":all:"]
    pip("install", *quiet, *wheels, "-r", ROOT / "packaging/locks/runtime.txt")
    pip("wheel", "-qq", "--no-deps", "--no-build-isolation", "-w", STAGE.parent / "wheel", ROOT)
    shutil.rmtree(STAGE / "bin", ignore_errors=True)
    pip("install", *quiet, *(STAGE.parent / "wheel").glob("*.whl"))


def prune() -> None:
    """Remove files not needed at run time."""
    shutil.rmtree(STAGE / "bin")
    for path in sorted(STAGE.rglob("*"), reverse=True):
        inside = path.relative_to(STAGE)
        if path.is_dir():
            if path.name in PRUNED_FOLDERS or str(inside) in PRUNED_FOLDERS:
                shutil.rmtree(path)
        elif inside.parts[0] == "appliance":
            continue
        elif path.suffix in PRUNED_SUFFIXES or path.name in PRUNED_NAMES:
            path.unlink()


def version() -> str:
    """Read the version from the staged package."""
    facts: dict[str, str] = {}
    exec((STAGE / "appliance" / "__init__.py").read_text(), facts)
    return facts["__version__"]


def archive(target: Path) -> None:
    """Write the single file: shiv's archive, the launcher and the facts of the build."""
    environment = Environment(
        built_at=EPOCH.strftime(BUILD_AT_TIMESTAMP_FORMAT),
        shiv_version=shiv.__version__,
        entry_point="appliance.cli.main:main",
        reproducible=True,
    )
    create_archive([STAGE], target, "/usr/bin/env python3", "launcher:start", environment)
    facts = {
        "BUILD": str(environment.build_id)[:16],
        "FILES": sum(path.is_file() for path in STAGE.rglob("*")),
        "PYTHON": sys.version_info[:2],
        "MACHINE": os.uname().machine,
    }
    module = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
    with zipfile.ZipFile(target, "a", compression=zipfile.ZIP_DEFLATED) as opened:
        for name, text in {"build_facts.py": module, "launcher.py": launcher()}.items():
            write_to_zipapp(opened, name, text.encode(), EPOCH.timetuple()[:6], zipfile.ZIP_DEFLATED)


def launcher() -> str:
    """Read the launcher."""
    return (ROOT / "packaging" / "launcher.py").read_text()


def main() -> None:
    """Build, and print path and size of the file."""
    os.umask(0o022)
    stage()
    prune()
    python = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    target = ROOT / "dist" / f"appliance-{version()}-{python}-linux-{os.uname().machine}.pyz"
    target.parent.mkdir(exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    archive(unfinished)
    unfinished.replace(target)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
