"""The editor of a configuration file in a real browser: keys, lines, what changes, and no secret."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.server.dashboard.browser import Host, log_in
from tests.server.dashboard.settings.conftest import CONFIG, Configure, leaked
from tests.support.browser import IN_A_BROWSER_AT_LENGTH, Browser
from tests.support.web.accessibility import COLOURS, findings

pytestmark = IN_A_BROWSER_AT_LENGTH

READY = "document.readyState === 'complete' && document.querySelector('#edit-lines span')"
AFTER_THE_STAKE = """
  const field = document.querySelector("#edit-text"), at = field.value.indexOf("100,") + 4;
  field.focus();
  field.setSelectionRange(at, at)"""
AT = "document.activeElement.id || document.activeElement.innerText"


@pytest.fixture
async def editor(browser: Browser, host: Host, make_app: Any, configure: Configure) -> Browser:
    await host.serve(make_app(await configure()))
    await log_in(browser, host.url)
    await browser.go(f"{host.url}/settings/file")
    await browser.until(READY)
    await browser.console()
    return browser


async def test_an_edit_from_the_first_key_to_the_saved_file(editor: Browser, folder: Path) -> None:
    assert (
        await editor.run("return document.querySelectorAll('#edit-lines span').length")
        == CONFIG.count("\n") + 1
    )
    await editor.run(AFTER_THE_STAKE)
    await editor.press("Enter", *'"fee": 0.002', "Tab", ",")
    lines = (await editor.run("return document.querySelector('#edit-text').value")).split("\n")
    assert lines[6].startswith('    "fee": 0.002    ,')
    await editor.press("Control+Enter")
    await editor.until("location.pathname.endsWith('/difference') && document.readyState === 'complete'")
    shown = await editor.text("main")
    assert '"fee": 0.002' in shown
    assert "Changed: fee" in shown
    assert await findings(editor) == []
    await editor.see(width=320, height=640, dark=True)
    assert await editor.run("return document.documentElement.scrollWidth") <= 320
    assert await findings(editor, only=COLOURS) == []
    assert leaked(await editor.run("return document.documentElement.outerHTML")) == []
    await editor.click("form[action='settings/file'] button")
    await editor.until("document.querySelector('#saved-title')")
    assert '"fee": 0.002' in await asyncio.to_thread((folder / "config.json").read_text)
    assert await editor.console() == []


async def test_the_tab_key_indents_only_while_one_types(editor: Browser) -> None:
    await editor.run("document.querySelector('#edit-text').focus()")
    await editor.press("Tab")
    assert await editor.run(f"return {AT}") == "Check and compare"
    await editor.press("Shift+Tab", "Home", "x", "Tab")
    assert await editor.run(f"return {AT}") == "edit-text"
    await editor.press("Escape", "Tab")
    assert await editor.run(f"return {AT}") == "Check and compare"


async def test_what_is_wrong_stands_above_the_text_and_has_the_focus(editor: Browser) -> None:
    await editor.type("#edit-text", '{"stake_amount": "much"}')
    await editor.click("#edit button[type=submit]")
    await editor.until("location.search.includes('draft=') && document.activeElement.id === 'problems'")
    assert "stake_amount: expected" in await editor.text("#problems")
    assert await findings(editor) == []
