"""Editing a configuration file: validated, compared, saved whole, reloaded; no secret leaves."""

import asyncio
import html
import os
import re
import stat
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from appliance.config.editing import saved_files
from appliance.config.jsonc import parse
from appliance.queries.roles import Role
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.app_state import DASHBOARD
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import PASSWORD
from tests.server.dashboard.pages.test_overview import HOSTILE, words
from tests.server.dashboard.settings.conftest import CONFIG, Configure, Enter, leaked


class Editor:
    """Edit a file as a browser does: the text of the page, changed, sent with line ends of a form."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.seen: list[str] = []
        self.text = ""
        self.draft = ""

    async def open(self, path: str = "/settings/file") -> str:
        page = await self.visitor.page(path)
        self.seen.append(page)
        found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
        self.text = html.unescape(found.group(1)) if found else ""
        self.draft = draft.group(1) if (draft := re.search(r'name="draft" value="(\w+)"', page)) else ""
        return page

    async def check(self, text: str) -> str:
        """Send a text; return the page that comes of it."""
        sent = {"draft": self.draft, "text": text.replace("\n", "\r\n")}
        answer = await self.visitor.send("/settings/file/check", **sent)
        assert answer.status == 303, await answer.text()
        return await self.open(answer.headers["Location"])

    async def change(self, old: str, new: str) -> str:
        assert old in self.text
        return await self.check(self.text.replace(old, new, 1))

    async def save(self) -> tuple[int, str]:
        answer = await self.visitor.send("/settings/file", draft=self.draft)
        self.seen.append(await answer.text())
        return answer.status, words(self.seen[-1])


@pytest.fixture
async def editor(configure: Configure, enter: Enter) -> Editor:
    editor = Editor(await enter(await configure()))
    await editor.open()
    return editor


async def content(file: Path) -> str:
    return await asyncio.to_thread(file.read_text)


def bot_of(editor: Editor) -> Any:
    return editor.visitor.client.app[BOT_SLOT].bot


async def test_the_text_has_placeholders_and_no_secret(editor: Editor) -> None:
    assert leaked("".join(editor.seen)) == []
    assert '"secret": "«hidden: exchange.secret»"' in editor.text
    assert '"stake_amount": 100, /* per trade */' in editor.text


async def test_an_edit_is_compared_saved_and_reloaded(editor: Editor, folder: Path) -> None:
    page = await editor.change('"stake_amount": 100', '"stake_amount": 120')
    assert 'removed"' in page
    assert "Changed: stake_amount" in words(page)
    assert await content(folder / "config.json") == CONFIG
    status, said = await editor.save()
    assert (status, "Reloading config" in said) == (200, True)
    assert await content(folder / "config.json") == CONFIG.replace('stake_amount": 100', 'stake_amount": 120')
    assert bot_of(editor).settings.stake_amount == 120
    assert leaked("".join(editor.seen)) == []


async def test_the_former_file_stays_beside_it_with_owner_and_mode(editor: Editor, folder: Path) -> None:
    await asyncio.to_thread((folder / "config.json").chmod, 0o640)
    await editor.open()
    await editor.change('"max_open_trades": 5', '"max_open_trades": 6')
    await editor.save()
    [backup] = await asyncio.to_thread(lambda: list(folder.glob("config.json.*.bak")))
    assert await content(backup) == CONFIG
    modes = [
        stat.S_IMODE((await asyncio.to_thread(file.stat)).st_mode)
        for file in (backup, folder / "config.json")
    ]
    assert modes == [0o640, 0o640]


async def test_a_new_secret_is_saved_and_shown_nowhere(editor: Editor, folder: Path) -> None:
    page = await editor.change('"«hidden: exchange.secret»"', '"typed-secret-0099"')
    assert "«new secret»" in page
    await editor.open(f"/settings/file?draft={editor.draft}")
    assert "«hidden: exchange.secret" in editor.text
    await editor.check(editor.text)
    await editor.save()
    saved = parse(await content(folder / "config.json"), "").value
    assert saved["exchange"]["secret"] == "typed-secret-0099"
    assert saved["exchange"]["key"] == "live-key-0001"
    assert "typed-secret-0099" not in "".join(editor.seen)
    assert "typed-secret-0099" not in str(bot_of(editor).audited)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"stake_amount": 100', '"stake_amount": "much"', 'config.json:6:5: stake_amount: expected'),
        ('"stake_amount": 100', '"stake_amount": 100 100', 'config.json:6:25: expected "," or "}", found'),
        ('"chat_id": "«hidden: telegram.chat_id»"', '"chat_id": {"typed": 1}', "chat_id.typed: expected"),
        ('"name": "simulated"', '"name": "replayed"', "exchange.replayed.exchange: missing"),
        ('"my_threshold": 0.3', '"my_threshold": "«hidden: exchange.key»"', "can only stand where it was"),
        ('"my_threshold": 0.3', '"add_config_files": ["/etc/passwd"]', "only an edit on the machine itself"),
        ('"token": "«hidden: telegram.token»"', '"token_file": "/etc/passwd"', "token_file: names a file"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_and_saves_nothing(
    editor: Editor, folder: Path, old: str, new: str, told: str
) -> None:
    page = await editor.change(old, new)
    assert told in html.unescape(words(page))
    assert "Nothing" in page or "nothing was saved" in page
    assert (await editor.save())[0] == 409
    assert await content(folder / "config.json") == CONFIG
    assert leaked("".join(editor.seen)) == []


async def test_other_sources_take_part_in_the_check(
    configure: Configure, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPLIANCE__EXCHANGE__NAME", "simulated")
    monkeypatch.setenv("APPLIANCE__TELEGRAM__TOKEN", "secret-of-the-environment")
    bot = await configure(environ=dict(os.environ))
    editor = Editor(await enter(bot))
    await editor.open()
    page = await editor.change('"name": "simulated"', '"name": "kraken", "note": "secret-of-the-environment"')
    assert "What changes" in page
    assert "secret-of-the-environment" not in "".join(editor.seen)


async def test_a_file_that_changed_meanwhile_is_not_overwritten(editor: Editor, folder: Path) -> None:
    await editor.change('"stake_amount": 100', '"stake_amount": 120')
    changed = CONFIG.replace("100", "110")
    await asyncio.to_thread((folder / "config.json").write_text, changed)
    status, said = await editor.save()
    assert (status, "was changed by somebody else meanwhile" in said) == (409, True)
    assert await content(folder / "config.json") == changed
    assert not await asyncio.to_thread(lambda: list(folder.glob("*.bak")))


async def test_a_reload_that_fails_says_so_and_offers_the_former_text(editor: Editor, folder: Path) -> None:
    bot_of(editor).fault = f"the strategy {HOSTILE}"
    await editor.change('"stake_amount": 100', '"stake_amount": 120')
    status, said = await editor.save()
    assert (status, "Saved, but not in use" in said) == (200, True)
    assert "the running configuration stays in use" in said
    assert "<script>alert" not in editor.seen[-1]
    back = re.search(r'href="(settings/file/difference\?draft=\w+)"', editor.seen[-1])
    assert back
    bot_of(editor).fault = ""
    await editor.open(f"/{back.group(1)}")
    assert (await editor.save())[0] == 200
    assert await content(folder / "config.json") == CONFIG
    assert leaked("".join(editor.seen)) == []


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../config.json", "./config.json", "config.json/", "other.json", ""]
)
async def test_only_files_of_the_configuration_can_be_opened(editor: Editor, folder: Path, name: str) -> None:
    await asyncio.to_thread((folder / "other.json").write_text, '{"other": "text-of-another-file"}')
    answer = await editor.visitor.open(f"/settings/file?file={quote(name)}")
    page = await answer.text()
    assert (answer.status, "This is not a configuration file of this bot" in page) == (404, True)
    assert "text-of-another-file" not in page


@pytest.mark.parametrize("when", ["opened", "saved"])
async def test_a_link_put_in_its_place_is_neither_read_nor_followed(
    editor: Editor, folder: Path, when: str
) -> None:
    other = folder / "other.json"
    await editor.change('"stake_amount": 100', '"stake_amount": 120')

    def replace() -> None:
        other.write_text('{"other": "text-of-another-file"}')
        (folder / "config.json").unlink()
        (folder / "config.json").symlink_to(other)

    await asyncio.to_thread(replace)
    if when == "opened":
        page = await editor.open()
        assert "is a link" in page
        assert "text-of-another-file" not in page
    else:
        status, said = await editor.save()
        assert (status, "is a link" in said) == (409, True)
    assert await content(other) == '{"other": "text-of-another-file"}'


async def test_a_file_that_cannot_be_parsed_any_more_shows_nothing_of_it(
    editor: Editor, folder: Path
) -> None:
    broken = CONFIG.replace('"secret": "', '"secret" "')
    await asyncio.to_thread((folder / "config.json").write_text, broken)
    page = await editor.open()
    assert "repair it on the machine itself" in page
    assert leaked(page) == []


async def test_an_edit_belongs_to_its_session(editor: Editor, enter: Enter) -> None:
    await editor.change('"stake_amount": 100', '"stake_amount": 120')
    draft = editor.draft
    await editor.visitor.send("/logout")
    await editor.visitor.log_in()
    answer = await editor.visitor.send("/settings/file", draft=draft)
    assert (answer.status, "no longer held" in await answer.text()) == (404, True)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
@pytest.mark.parametrize("path", ["/settings/file", "/settings/file/difference"])
async def test_only_admins_see_files(configure: Configure, enter: Enter, role: Role, path: str) -> None:
    visitor = await enter(await configure(), role)
    answer = await visitor.open(path)
    assert (answer.status, leaked(await answer.text())) == (403, [])
    assert "needs the role" in await answer.text() or "admin" in await answer.text()
    for action in ("/settings/file", "/settings/file/check"):
        assert (await visitor.send(action, draft="x", text="{}")).status == 403


async def test_saving_needs_the_token_of_the_page(editor: Editor, folder: Path) -> None:
    await editor.change('"stake_amount": 100', '"stake_amount": 120')
    answer = await editor.visitor.send("/settings/file", token="0" * 64, draft=editor.draft)
    assert answer.status == 403
    assert await content(folder / "config.json") == CONFIG


async def test_it_is_written_to_the_audit_log(editor: Editor) -> None:
    await editor.change('"stake_amount": 100', '"stake_amount": 120')
    await editor.save()
    lines = bot_of(editor).audited
    first = next(line for line in lines if line.what.startswith("POST /settings/file "))
    second = lines[lines.index(first) + 1]
    assert (first.who, first.what) == (
        "trader",
        'POST /settings/file {"file":"config.json","changed":["stake_amount"]}',
    )
    assert second.after.startswith("saved, backup config.json.")
    assert "Reloading config" in second.after


async def test_text_of_the_file_is_text(configure: Configure, enter: Enter) -> None:
    hostile = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>"
    editor = Editor(await enter(await configure(CONFIG.replace("// My bot", f"// {hostile}"))))
    page = await editor.open()
    assert hostile in editor.text or "</textarea>" in html.unescape(page)
    page += await editor.change('"stake_amount": 100', f'"stake_amount": 120, "{hostile}": "{hostile}"')
    await editor.save()
    seen = "".join(editor.seen)
    assert "<script>alert" not in seen
    assert "<img src=x" not in seen


async def test_line_ends_and_mark_of_the_file_stay(configure: Configure, enter: Enter, folder: Path) -> None:
    editor = Editor(await enter(await configure()))
    raw = b"\xef\xbb\xbf" + CONFIG.replace("\n", "\r\n").encode()
    await asyncio.to_thread((folder / "config.json").write_bytes, raw)
    await editor.open()
    await editor.change('"stake_amount": 100', '"stake_amount": 120')
    await editor.save()
    saved = await asyncio.to_thread((folder / "config.json").read_bytes)
    assert saved == raw.replace(b'stake_amount": 100', b'stake_amount": 120')


async def test_saving_asks_for_the_password_again_after_a_while(
    editor: Editor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await editor.change('"stake_amount": 100', '"stake_amount": 120')
    dashboard = editor.visitor.client.app[DASHBOARD]
    later = dashboard.clock() + 16 * 60
    monkeypatch.setattr(dashboard, "clock", lambda: later)
    status, said = await editor.save()
    assert (status, "password" in said) == (403, True)
    assert await content(folder / "config.json") == CONFIG
    answer = await editor.visitor.send("/settings/file", draft=editor.draft, confirm_password=PASSWORD)
    assert answer.status == 200
    assert "120" in await content(folder / "config.json")
    assert PASSWORD not in str(bot_of(editor).audited)


async def test_a_text_that_is_too_large_is_refused(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_files, "LARGEST", 2048)
    answer = await editor.visitor.send("/settings/file/check", draft=editor.draft, text="x" * 2049)
    assert (answer.status, "at most 2 KiB" in await answer.text()) == (409, True)
