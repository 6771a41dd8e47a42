"""Set up a virtual environment from the locks: `python3 packaging/environment.py .venv run|test|build`.

Runs on a plain python3, with the standard library only. A second call finds its stamp and returns at once.
A missing system package is reported in one line, with exit status 2.
"""

from __future__ import annotations  # so that an old Python can report its version

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "packaging" / "locks"
OLDEST, NEWEST = (3, 11), (3, 13)

# purpose -> locks, and whether the project itself is installed (editable)
PURPOSES = {
    "run": (["runtime", "install"], True),
    "test": (["dev"], True),
    "build": (["build"], False),
    "lock": (["lock"], False),
}


def stop(message: str) -> None:
    """Exit with one line and status 2."""
    print(f"appliance: {message}", file=sys.stderr)
    sys.exit(2)


def check_python() -> None:
    """Stop unless this Python is supported and can create virtual environments."""
    name = Path(sys.executable).name
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = f"{sys.version_info[0]}.{sys.version_info[1]}"
        stop(f"{name} is Python {found}, 3.11 to 3.13 is needed: name one, e.g. make run PYTHON=python3.11")
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        package = "python3-venv" if name == "python3" else f"python3.{sys.version_info[1]}-venv"
        stop(f"{package} is missing: apt install {package}")


def fingerprint(locks: list[str]) -> str:
    """Return a hash of the locks, the metadata of the project and the Python version."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    parts = [LOCKS / f"{name}.txt" for name in locks]
    for part in [*parts, ROOT / "pyproject.toml", ROOT / "web" / "package-lock.json"]:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def is_ready(venv: Path, purpose: str) -> bool:
    """Return whether the environment is up to date for its purpose."""
    stamp = venv / f".ready-{purpose}"
    if not stamp.is_file() or not (venv / "bin" / "python").exists():
        return False
    return stamp.read_text() == fingerprint(PURPOSES[purpose][0])


def call(*command: str | Path) -> None:
    """Run a step; it prints the reason itself if it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode:
        step = " ".join(Path(part).name for part in command[:4])
        stop(f"set-up failed at `{step} ...` (reason above). Fix it, then run the same command again.")


def make_venv(venv: Path) -> Path:
    """Return the python of the environment; create the environment if missing or of another version."""
    python = venv / "bin" / "python"
    command = [str(python), "-c", "import sys; print(sys.version_info[:2])"]
    if python.exists():
        version = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        if version == str(sys.version_info[:2]):
            return python
    call(sys.executable, "-m", "venv", "--clear", venv)
    return python


def install(python: Path, locks: list[str], *, project: bool) -> None:
    """Install the locks, hash by hash, then the project itself."""
    pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    files = [argument for name in locks for argument in ("-r", LOCKS / f"{name}.txt")]
    # Without dependencies: the locks are complete, but for what lock.sh leaves out.
    call(*pip, "--require-hashes", "--no-deps", *files)
    if not shutil.which("npm"):
        call(*pip, "--require-hashes", "-r", LOCKS / "node.txt")
    if project:
        call(python, ROOT / "packaging" / "web_assets.py")
        call(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)


def main() -> None:
    """Set up the environment, unless it is up to date."""
    if len(sys.argv) != 3 or sys.argv[2] not in PURPOSES:
        stop(f"usage: {Path(__file__).name} FOLDER {'|'.join(PURPOSES)}")
    venv, purpose = Path(sys.argv[1]).absolute(), sys.argv[2]
    locks, project = PURPOSES[purpose]
    if is_ready(venv, purpose) or (purpose == "run" and is_ready(venv, "test")):
        return
    check_python()
    print(f"Setting up {os.path.relpath(venv)} (once; a minute or two) ...", file=sys.stderr, flush=True)
    python = make_venv(venv)
    install(python, locks, project=project)
    (venv / f".ready-{purpose}").write_text(fingerprint(locks))


if __name__ == "__main__":
    main()
