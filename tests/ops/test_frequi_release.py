"""Installing a release of FreqUI: whole or not at all, and nothing that is none."""

import stat
import zipfile
from pathlib import Path

import pytest

from appliance.domain.errors import ConfigurationError
from appliance.ops import frequi_release
from appliance.ops.frequi_release import install, remove

FILES = {"index.html": "<html></html>", "assets/index.js": "1", "favicon.ico": ""}


def zipped(place: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place


def files_in(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    folder = tmp_path / "user_data" / "frequi"
    install(zipped(tmp_path / "first.zip", {"index.html": "first", "old.js": ""}), folder)
    return folder


def test_a_zip_file_replaces_what_was_installed(installed, tmp_path):
    assert install(zipped(tmp_path / "new.zip", FILES), installed) == 3
    assert files_in(installed) == FILES
    assert [path.name for path in installed.parent.iterdir()] == ["frequi"]


def test_a_release_may_be_in_a_folder_of_the_zip_file(installed, tmp_path):
    install(
        zipped(tmp_path / "new.zip", {f"dist/{n}": c for n, c in FILES.items()} | {"README": ""}), installed
    )
    assert files_in(installed) == FILES


def test_a_folder_is_copied(installed, tmp_path):
    source = tmp_path / "dist"
    for name, content in FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(content)
    (source / "link").symlink_to("/etc/passwd")
    install(source, installed)
    assert files_in(installed) == FILES


def linked(place: Path) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("index.html", "")
        link = zipfile.ZipInfo("assets")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc")
    return place


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda at: at, "no zip file and no folder"),
        (lambda at: zipped(at, {"README": ""}), "has no index.html"),
        (lambda at: zipped(at, {"index.html": "", "../evil": ""}), "which no release has"),
        (lambda at: zipped(at, {"index.html": "", "/etc/evil": ""}), "which no release has"),
        (lambda at: zipped(at, {"index.html": "", "a\\..\\b": ""}), "which no release has"),
        (linked, "which no release has"),
        (lambda at: zipped(at, {"index.html": "", "big": "x" * 5000}), "far larger"),
    ],
    ids=["missing", "no page", "parent", "absolute", "backslash", "link", "large"],
)
def test_what_is_no_release_changes_nothing(installed, tmp_path, make, reason, monkeypatch):
    monkeypatch.setattr(frequi_release, "MOST_BYTES", 4000)
    with pytest.raises(ConfigurationError, match=reason):
        install(make(tmp_path / "bad.zip"), installed)
    assert files_in(installed) == {"index.html": "first", "old.js": ""}
    assert [path.name for path in installed.parent.iterdir()] == ["frequi"]


def test_a_truncated_zip_file_changes_nothing(installed, tmp_path):
    whole = zipped(tmp_path / "new.zip", FILES | {"big.js": "x" * 9999})
    whole.write_bytes(whole.read_bytes()[:4000])
    with pytest.raises(ConfigurationError):
        install(whole, installed)
    assert files_in(installed) == {"index.html": "first", "old.js": ""}


def test_it_can_be_removed(installed):
    assert remove(installed) is True
    assert remove(installed) is False
