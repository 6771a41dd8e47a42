"""The description that the API gives of itself: off unless wanted, whole, shown without any other host."""

import json

import pytest

from appliance.server.openapi.document import document
from appliance.server.routing.routes import API, ROUTES
from tests.support.browser import chromium, in_a_browser
from tests.support.serving import Api, served, server_settings


@pytest.fixture
async def described():
    """A server that shows its description."""
    async with served(server_settings(enable_openapi=True)) as api:
        yield api


async def fetched(api: Api, path: str, **headers: str):
    async with api.session.get(api.url + path, headers=headers) as answer:
        return answer.status, answer.headers, await answer.text()


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/show.js", "/docs/vendor/swagger-ui.css"])
async def test_nothing_is_described_unless_wanted(starting, path):
    status, _, text = await fetched(starting, path)
    assert (status, json.loads(text)) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize("name", ["nope.js", "..%2ftemplates%2fbase.html", "vendor/.lock", "%00"])
async def test_only_the_pages_own_files_are_served(described, name):
    status, _, _ = await fetched(described, f"/docs/{name}")
    assert status == 404


async def test_the_document_is_served_before_the_bot_is_there(described):
    status, headers, text = await fetched(described, "/openapi.json")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(text) == json.loads(json.dumps(document(API, ROUTES)))
    again, _, _ = await fetched(described, "/openapi.json", **{"If-None-Match": headers["ETag"]})
    assert again == 304


async def test_the_page_lets_no_script_or_style_in_but_our_own(described):
    status, headers, page = await fetched(described, "/docs")
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in page.replace("<!doctype html>", "")
    assert "style=" not in page
    assert "onload=" not in page


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own():
    described = document(API, ROUTES)
    operations = [operation for methods in described["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(operation["summary"] and operation["tags"] for operation in operations)
    assert "Raises" not in json.dumps(operations)


def test_what_the_document_refers_to_is_there():
    described = document(API, ROUTES)
    names = {
        operation["operationId"] for methods in described["paths"].values() for operation in methods.values()
    }

    def check(value):
        if isinstance(value, dict):
            if "$ref" in value:
                place = described
                for step in value["$ref"].removeprefix("#/").split("/"):
                    place = place[step]
            for link in value.get("links", {}).values():
                assert link["operationId"] in names
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                check(item)

    check(described)


@in_a_browser
async def test_a_browser_shows_it_and_tries_it_out(described):
    async with chromium() as browser:
        await browser.go(f"{described.url}/docs")
        await browser.until("document.querySelectorAll('.opblock-tag').length > 3")
        await browser.click("#operations-tag-Info button, #operations-tag-Info")
        await browser.until("document.querySelector('#operations-Info-get_ping')")
        await browser.click("#operations-Info-get_ping .opblock-summary-control")
        await browser.until("document.querySelector('#operations-Info-get_ping .try-out__btn')")
        await browser.click("#operations-Info-get_ping .try-out__btn")
        await browser.until("document.querySelector('#operations-Info-get_ping .execute')")
        await browser.click("#operations-Info-get_ping .execute")
        assert await browser.until("document.body.innerText.includes('\"pong\"')")
        assert await browser.console() == []
