"""What a browser needs to install the dashboard as an app."""

import json
import struct
from typing import Any
from urllib.parse import urljoin

import pytest

from appliance.server.dashboard.phone.manifest import manifest
from appliance.server.dashboard.static_files import StaticFile, StaticFiles
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import demo_settings


async def described(visitor: Visitor) -> dict[str, Any]:
    answer = await visitor.open("/manifest.webmanifest")
    assert (answer.status, answer.content_type) == (200, "application/manifest+json")
    return dict(json.loads(await answer.text()))


async def test_every_page_leads_to_the_manifest_even_before_the_login(visitor: Visitor) -> None:
    page = await visitor.page("/login")
    assert '<link rel="manifest" href="manifest.webmanifest"' in page
    assert 'name="theme-color"' in page
    assert "manifest-src 'self'" in (await visitor.open("/login")).headers["Content-Security-Policy"]
    found = await described(visitor)
    assert (found["display"], found["start_url"], found["scope"]) == ("standalone", "./", "./")


async def test_icons_are_as_large_as_they_say(visitor: Visitor) -> None:
    icons = (await described(visitor))["icons"]
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= {
        (each["sizes"], each["purpose"]) for each in icons
    }
    for each in icons:
        answer = await visitor.open("/" + each["src"])
        assert (answer.status, answer.content_type) == (200, each["type"])
        if each["type"] == "image/png":
            width, height = struct.unpack(">II", (await answer.read())[16:24])
            assert f"{width}x{height}" == each["sizes"]


async def test_addresses_are_relative_to_the_manifest(visitor: Visitor) -> None:
    found = await described(visitor)
    below = "https://example.org/bots/one/manifest.webmanifest"
    addresses = [found["start_url"], *(each["src"] for each in found["icons"])]
    addresses += [each["url"] for each in found["shortcuts"]]
    for each in addresses:
        assert urljoin(below, each).startswith("https://example.org/bots/one/")


async def test_it_has_the_name_of_the_bot(visit: Any, make_app: Any) -> None:
    found = await described(await visit(make_app(bot_name='Müller & "Söhne" <b>')))
    assert found["name"] == 'Müller & "Söhne" <b>'
    assert demo_settings().bot_name != found["name"]


@pytest.mark.parametrize(
    ("name", "short"),
    [("mean", "mean"), ("twelve chars", "twelve chars"), ("of many words it is", "of many wor…")],
)
def test_a_long_name_is_cut_where_phones_would_cut_it(name: str, short: str) -> None:
    class All(StaticFiles):
        def url(self, name: str) -> str:
            return name

    files: dict[str, StaticFile] = {}
    assert manifest(name, All(files))["short_name"] == short
