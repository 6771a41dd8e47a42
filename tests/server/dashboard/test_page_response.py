"""Pages below a path: a proxy removes it from requests, and names it."""

import pytest

BELOW = {"X-Forwarded-Prefix": "/bots/first"}


async def test_links_are_relative_to_the_path_of_the_proxy(trader):
    assert '<base href="/">' in await trader.page("/trades")
    page = await (await trader.open("/trades", **BELOW)).text()
    assert '<base href="/bots/first/">' in page
    assert 'href="/' not in page.replace('<base href="/bots/first/">', "")


async def test_redirects_stay_below_the_path(visitor):
    answer = await visitor.open("/trades", **BELOW)
    assert (answer.status, answer.headers["Location"]) == (303, "/bots/first/login")
    answer = await visitor.open("/dashboard/live", **BELOW, **{"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/bots/first/login"


@pytest.mark.parametrize(
    "prefix",
    [
        "//evil.example",
        "/..",
        "/a/../b",
        "https://evil.example",
        '/"><script>',
        "/a b",
        "a",
        "/" + "a" * 2000,
    ],
)
async def test_other_prefixes_count_for_nothing(trader, prefix):
    assert '<base href="/">' in await (await trader.open("/trades", **{"X-Forwarded-Prefix": prefix})).text()


async def test_only_our_own_base_is_allowed(trader):
    policy = (await trader.open("/trades")).headers["Content-Security-Policy"]
    assert "base-uri 'self'" in policy
