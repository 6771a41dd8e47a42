"""Styles and scripts: kept for ever under an address that changes with them, and nothing else is served."""

import re

import pytest

from appliance.assets import asset_dir
from appliance.server.dashboard.static_files import read_dashboard_files, read_static_files
from tests.server.dashboard.conftest import Visitor


async def test_every_file_that_a_page_names_is_there_and_kept(visitor: Visitor) -> None:
    names = re.findall(r'(?:src|href)="(static/[^"]+)"', await visitor.page("/login"))
    assert names
    for name in names:
        answer = await visitor.open(name)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        again = await visitor.open(name, **{"If-None-Match": answer.headers["ETag"]})
        assert again.status == 304


async def test_without_its_version_a_file_is_fetched_again(visitor: Visitor) -> None:
    for path in ("/static/dashboard.css", "/static/dashboard.css?v=of-yesterday"):
        assert (await visitor.open(path)).headers["Cache-Control"] == "no-cache"


async def test_who_can_unpack_gets_it_packed(visitor: Visitor) -> None:
    packed = await visitor.open("/static/dashboard.css", **{"Accept-Encoding": "gzip"})
    plain = await visitor.open("/static/dashboard.css", **{"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert await packed.read() == await plain.read()


@pytest.mark.parametrize(
    "path",
    [
        "/static/", "/static/nothing.css", "/static/../templates/login.html", "/static/%2e%2e/package.json",
        "/static/..%2f..%2fpyproject.toml", "/static//etc/passwd", "/static/vendor/.lock", "/static/a%00.css",
    ],
)  # fmt: skip
async def test_nothing_else_is_served(visitor: Visitor, path: str) -> None:
    assert (await visitor.open(path)).status == 404


async def test_browsers_that_look_for_an_icon_find_it(visitor: Visitor) -> None:
    answer = await visitor.open("/favicon.ico")
    assert answer.status == 303
    icon = await visitor.open(answer.headers["Location"])
    assert icon.headers["Content-Type"] == "image/svg+xml"


def test_a_script_that_was_never_fetched_is_named(tmp_path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"vendor/htmx.min.js is missing: run packaging/web_assets.py"
    ):
        read_static_files(tmp_path).url("vendor/htmx.min.js")


def test_the_address_follows_the_content(tmp_path) -> None:
    (tmp_path / "a.css").write_text("one")
    one = read_static_files(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("two")
    assert read_static_files(tmp_path).url("a.css") != one


CHART_BUDGET = 115_000
"""Bytes of scripts and styles, compressed, of a page with a chart."""


@pytest.mark.parametrize(("template", "script"), [("chart.html", "chart.js"), ("trade.html", "trade.js")])
def test_a_page_with_a_chart_stays_small(template: str, script: str) -> None:
    files = read_dashboard_files()
    page = (asset_dir("web") / "templates" / template).read_text()
    page += (asset_dir("web") / "templates" / "page.html").read_text()
    page += (asset_dir("web") / "templates" / "base.html").read_text()
    names = re.findall(r"static\('([^']+\.(?:js|css))'\)", page)
    assert {script, "dashboard.css", "vendor/lightweight-charts.js"} <= set(names)
    sizes = {name: len(found.zipped) for name in names if (found := files.get(name))}
    assert sum(sizes.values()) < CHART_BUDGET, sizes
