"""The client needs little: not the packages that trading needs, and alone it is a small wheel."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = ("numpy", "pandas", "ccxt", "talib", "aiosqlite", "jinja2", "uvloop", "psutil", "msgspec", "orjson")


def python(code: str, *folders: Path) -> subprocess.CompletedProcess[str]:
    """Run code with nothing but the standard library and these folders."""
    path = f"import sys; sys.path[:0] = {[str(folder) for folder in folders]!r}\n"
    return subprocess.run([sys.executable, "-I", "-S", "-c", path + code], capture_output=True, text=True)


def test_the_blocking_client_needs_only_the_standard_library() -> None:
    found = python("from appliance.client import RestClient; RestClient('http://h').close()", ROOT)
    assert found.stderr == ""


def test_the_asyncio_client_says_what_it_needs() -> None:
    found = python("from appliance.client import AsyncRestClient", ROOT)
    assert found.stderr.splitlines()[-1] == (
        "ImportError: AsyncRestClient needs aiohttp: pip install 'appliance-client[async]'"
    )


@pytest.mark.parametrize("module", ["appliance.client.async_rest", "appliance.cli.client"])
def test_nothing_heavy_is_imported(module: str) -> None:
    blocked = f"sys.modules.update(dict.fromkeys({HEAVY!r}))\n"
    found = python(f"{blocked}import {module}", ROOT, Path(sysconfig.get_path("purelib")))
    assert found.stderr == ""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and installed into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT / "packaging" / "client"]
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("appliance_client-*-py3-none-any.whl")
    assert wheel.stat().st_size < 100_000
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True)
    return folder / "site"


def test_the_wheel_works_with_click_alone(installed: Path, tmp_path: Path) -> None:
    import click

    (tmp_path / "click").symlink_to(Path(click.__file__).parent)
    code = (
        "from appliance.cli.client import client_alone; sys.argv = ['appliance-client', {}]; client_alone()"
    )
    listed = python(code.format("'list'"), installed, tmp_path)
    assert "forceenter" in listed.stdout
    assert listed.stderr == ""
    usage = python(code.format("'--nope'"), installed, tmp_path)
    assert (usage.returncode, usage.stderr.split()[:2]) == (2, ["Usage:", "appliance-client"])
    socket = python(code.format("'ws', '--serverurl', 'http://u:p@127.0.0.1:1'"), installed, tmp_path)
    assert socket.returncode == 1
    assert socket.stderr == "error: `ws` needs aiohttp: pip install 'appliance-client[async]'\n"


def test_the_wheel_brings_command_types_and_licence(installed: Path) -> None:
    assert (installed / "bin" / "appliance-client").is_file()
    assert (installed / "appliance" / "py.typed").is_file()
    assert (installed / "appliance" / "client" / "methods.pyi").is_file()
    assert list(installed.glob("appliance_client-*.dist-info/licenses/LICENSE"))
    assert not list(installed.rglob("trade.py"))
