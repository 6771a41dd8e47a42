"""The page of the configuration: every value with its origin, no secret, for those who may see it."""

import pytest

from appliance.queries.roles import Role
from tests.server.dashboard.pages.test_overview import HOSTILE, words
from tests.server.dashboard.settings.conftest import CONFIG, Configure, Enter, leaked


async def test_it_shows_no_secret(configure: Configure, enter: Enter) -> None:
    page = await (await enter(await configure())).page("/settings?show=all")
    assert leaked(page) == []
    assert "set, not shown" in page
    assert "not used in dry-run" in words(page)


@pytest.mark.parametrize("query", ["?text=live-secret-0002", "?text=77:telegram-0003&show=all"])
async def test_a_search_does_not_find_secrets(configure: Configure, enter: Enter, query: str) -> None:
    assert "No setting fits." in words(await (await enter(await configure())).page(f"/settings{query}"))


async def test_each_value_is_shown_with_its_origin(configure: Configure, enter: Enter) -> None:
    bot = await configure(environ={"APPLIANCE__MAX_OPEN_TRADES": "7"}, fee=0.002)
    page = words(await (await enter(bot)).page("/settings?show=all"))
    assert "100 file config.json:6:5" in page
    assert "7 environment APPLIANCE__MAX_OPEN_TRADES" in page
    assert "0.002 command line --fee" in page
    assert "my_threshold 0.3 file config.json:8:5" in page


async def test_only_what_differs_from_its_default_is_shown_at_first(
    configure: Configure, enter: Enter
) -> None:
    visitor = await enter(await configure())
    assert "telegram.reload" not in await visitor.page("/settings")
    assert "telegram.reload" in await visitor.page("/settings?show=all")
    assert "telegram.token" in await visitor.page("/settings?section=telegram")
    assert "exchange.name" not in await visitor.page("/settings?section=telegram")


async def test_without_files_it_says_that_there_is_nothing_to_edit(
    configure: Configure, enter: Enter
) -> None:
    bot = await configure()
    bot.loaded.gathered.files.clear()
    object.__setattr__(bot.loaded, "files", ())
    assert "There is no configuration file" in words(await (await enter(bot)).page("/settings"))


async def test_names_and_values_are_text(configure: Configure, enter: Enter) -> None:
    escaped = HOSTILE.replace('"', '\\"')
    text = CONFIG.replace('"my_threshold"', f'"{escaped}"').replace('"demo"', f'"{escaped}"')
    page = await (await enter(await configure(text))).page(
        "/settings?show=all&section=%22%3E%3Cscript%3E&text="
    )
    assert "<script>alert" not in page
    assert "<img src=x" not in page


async def test_a_viewer_sees_parameters_instead(configure: Configure, enter: Enter) -> None:
    viewer = await enter(await configure(), Role.VIEWER)
    answer = await viewer.open("/settings")
    assert (answer.status, answer.headers["Location"]) == (303, "/settings/parameters")


async def test_an_operator_sees_it(configure: Configure, enter: Enter) -> None:
    page = await (await enter(await configure(), Role.OPERATOR)).page("/settings?show=all")
    assert leaked(page) == []
