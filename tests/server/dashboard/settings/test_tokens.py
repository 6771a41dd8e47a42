"""API tokens on the dashboard: listed without hashes, made and shown once, revoked."""

import asyncio
import re
from pathlib import Path

import pytest

from appliance.config.api_tokens import hash_of
from appliance.config.jsonc import parse
from appliance.queries.roles import Role
from tests.server.dashboard.pages.test_overview import HOSTILE, words
from tests.server.dashboard.settings.conftest import CONFIG, Configure, Enter, leaked


async def saved(folder: Path) -> list[dict[str, str]]:
    text = await asyncio.to_thread((folder / "config.json").read_text)
    document = parse(text, "").value
    assert isinstance(document, dict)
    return document["api_server"]["tokens"]  # type: ignore[index,call-overload,return-value]


async def test_tokens_are_listed_without_their_hashes(configure: Configure, enter: Enter) -> None:
    page = await (await enter(await configure())).page("/settings/tokens")
    assert re.search(r"grafana config.json:\d+:13 viewer for good", words(page))
    assert leaked(page) == []


async def test_a_new_token_is_shown_once_and_works(configure: Configure, enter: Enter, folder: Path) -> None:
    visitor = await enter(await configure())
    await visitor.page("/settings/tokens")
    answer = await visitor.send("/settings/tokens", name="phone", role="operator", days="30")
    page = await answer.text()
    assert answer.status == 200, words(page)
    [secret] = re.findall(r"apl_[\w-]{40,}", page)
    assert (await saved(folder))[0]["hash"] == hash_of(secret)
    assert hash_of(secret) not in page
    assert leaked(page) == []
    assert secret not in await visitor.page("/settings/tokens")
    used = await visitor.client.get("/api/v1/version", headers={"Authorization": f"Bearer {secret}"})
    assert used.status == 200


async def test_tokens_made_and_revoked_at_once_do_not_undo_each_other(
    configure: Configure, enter: Enter, folder: Path
) -> None:
    """Each used to read the file before the others wrote it: a token did not work, one revoked was back."""
    visitor = await enter(await configure())
    await visitor.page("/settings/tokens")
    made = [visitor.send("/settings/tokens", name=f"t{n}", role="viewer") for n in range(4)]
    answers = await asyncio.gather(*made, visitor.send("/settings/tokens/revoke", name="helper"))
    assert [answer.status for answer in answers] == [200] * 5
    assert {token["name"] for token in await saved(folder)} == {"grafana", "t0", "t1", "t2", "t3"}


async def test_a_revoked_token_is_gone_at_once(configure: Configure, enter: Enter, folder: Path) -> None:
    bot = await configure()
    visitor = await enter(bot)
    await visitor.page("/settings/tokens")
    page = words(await (await visitor.send("/settings/tokens/revoke", name="helper")).text())
    assert 'Revoked "helper"' in page.replace("&#34;", '"')
    assert [token["name"] for token in await saved(folder)] == ["grafana"]
    assert [token.name for token in bot.settings.api_server.tokens] == ["grafana"]
    assert 'POST /settings/tokens/revoke {"name":"helper"}' in [line.what for line in bot.audited]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "grafana", "role": "viewer"}, "there is already a token"),
        ({"name": "", "role": "viewer"}, "expected 1 to 64 characters"),
        ({"name": "x", "role": "god"}, "Expected one of viewer, operator, admin"),
        ({"name": "x", "role": "viewer", "days": "soon"}, "Expected 1 to 36500 days"),
    ],
)
async def test_what_is_wrong_changes_nothing(
    configure: Configure, enter: Enter, folder: Path, fields: dict[str, str], told: str
) -> None:
    visitor = await enter(await configure())
    await visitor.page("/settings/tokens")
    answer = await visitor.send("/settings/tokens", **fields)
    assert (answer.status >= 400, told in await answer.text()) == (True, True)
    assert await asyncio.to_thread((folder / "config.json").read_text) == CONFIG


async def test_tokens_of_the_environment_cannot_be_changed_here(configure: Configure, enter: Enter) -> None:
    environ = {
        "APPLIANCE__API_SERVER__TOKENS": '[{"name": "env", "role": "viewer", "hash": "%s"}]' % ("0" * 64)
    }
    visitor = await enter(await configure(environ=environ))
    page = words(await visitor.page("/settings/tokens"))
    assert "It cannot be made here: they are not set in a file" in page
    answer = await visitor.send("/settings/tokens", name="x", role="viewer")
    assert (answer.status, "not in a file that can be edited" in await answer.text()) == (409, True)


async def test_a_name_is_text(configure: Configure, enter: Enter) -> None:
    visitor = await enter(await configure())
    await visitor.page("/settings/tokens")
    page = await (await visitor.send("/settings/tokens", name=HOSTILE[:60], role="viewer")).text()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


async def test_a_token_that_is_not_there_cannot_be_revoked(configure: Configure, enter: Enter) -> None:
    visitor = await enter(await configure())
    await visitor.page("/settings/tokens")
    answer = await visitor.send("/settings/tokens/revoke", name="nobody")
    assert (answer.status, "There is no such token" in await answer.text()) == (409, True)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
async def test_only_admins_see_and_make_tokens(configure: Configure, enter: Enter, role: Role) -> None:
    visitor = await enter(await configure(), role)
    assert (await visitor.open("/settings/tokens")).status == 403
    assert (await visitor.send("/settings/tokens", name="x", role="admin")).status == 403
    assert (await visitor.send("/settings/tokens/revoke", name="grafana")).status == 403
