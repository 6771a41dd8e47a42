"""The pages of results: what is stored, one of them, its report, notes and removal."""

import zipfile

import pytest

from appliance.queries.roles import Role
from tests.server.dashboard.pages.test_overview import HOSTILE, words
from tests.server.dashboard.research.conftest import NAME, REPORT, Served, store
from tests.support.research.webserver import audited


async def test_without_results_it_says_what_to_do(served: Served) -> None:
    page = await (await served.enter()).page("/research")
    assert "No backtest yet." in words(page)
    assert 'href="research/data"' in page


async def test_the_root_of_a_server_without_a_bot_leads_to_research(served: Served) -> None:
    visitor = await served.enter()
    answer = await visitor.open("/")
    assert (answer.status, answer.headers["Location"]) == (303, "/research")
    page = await visitor.page("/research")
    assert 'href="trades"' not in page
    assert 'href="settings"' in page


async def test_results_are_listed_newest_first_with_their_figures(served: Served) -> None:
    for number in (1, 2):
        store(served.results, number, notes=f"note {number}")
    page = await (await served.enter()).page("/research")
    shown = words(page)
    assert page.index(NAME.format(2)) < page.index(NAME.format(1))
    assert "+1.50 % +15.00 USDT −0.49 % 1.50 2" in shown
    assert "note 2" in shown
    assert page.count("<svg") == 2


async def test_a_strategy_can_be_chosen(served: Served) -> None:
    store(served.results, 1, "First")
    store(served.results, 2, "Second")
    visitor = await served.enter()
    assert NAME.format(2) not in await visitor.page("/research?strategy=First")
    assert "No result of this strategy." in words(await visitor.page("/research?strategy=None"))


async def test_a_damaged_result_hides_no_other(served: Served) -> None:
    store(served.results, 1)
    (served.results / f"{store(served.results, 2)}.zip").write_bytes(b"no zip")
    with zipfile.ZipFile(served.results / f"{store(served.results, 3)}.zip", "w") as file:
        file.writestr(f"{NAME.format(3)}.json", '{"strategy": {"Odd": {"sharpe": "x", "trades": 5}}}')
    shown = words(await (await served.enter()).page("/research"))
    assert "it is damaged; remove it" in shown
    assert "Odd" in shown
    assert "Mine" in shown


async def test_what_strategies_pairs_and_notes_are_called_is_text(served: Served) -> None:
    pairs = [{"key": HOSTILE, "trades": 1, "wins": 0, "profit_total_abs": 1.0}]
    reasons = [{"exit_reason": HOSTILE, "trades": 1, "wins": 0, "profit_total_abs": 1.0}]
    name = store(
        served.results, 1, HOSTILE, notes=HOSTILE,
        results_per_pair=pairs, exit_reason_summary=reasons, stake_currency="USDT", timeframe=HOSTILE,
    )  # fmt: skip
    visitor = await served.enter()
    for path in ("/research", f"/research/results/{name}"):
        page = await visitor.page(path)
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "49" not in words(page).partition("js:alert(3)")[2][:12]


OUTSIDE = ["..%2F..%2Fsecret", "%2Fetc%2Fpasswd", "secret%00", "link", ".last_result", "x" * 3000, "*"]


@pytest.mark.parametrize("name", OUTSIDE)
async def test_nothing_outside_the_folder_is_found(served: Served, name: str) -> None:
    outside = served.results.parent / "secret.zip"
    with zipfile.ZipFile(outside, "w") as file:
        file.writestr("secret.json", '{"strategy": {"Mine": {}}}')
    (served.results / "link.zip").symlink_to(outside)
    (served.results / "link.html").write_text(REPORT)
    visitor = await served.enter()
    for path in ("", "/report", "/zip"):
        assert (await visitor.open(f"/research/results/{name}{path}")).status in (400, 404, 414)
    await visitor.page("/research")
    for path in ("/notes", "/remove"):
        assert (await visitor.send(f"/research/results/{name}{path}", strategy="Mine")).status in (
            400,
            404,
            414,
        )
    assert outside.exists()


async def test_a_report_outside_is_not_shown_for_a_result_inside(served: Served) -> None:
    name = store(served.results, 1)
    outside = served.results.parent / "report.html"
    outside.write_text(REPORT)
    (served.results / f"{name}.html").symlink_to(outside)
    visitor = await served.enter()
    assert (await visitor.open(f"/research/results/{name}/report")).status == 404
    assert (await visitor.open(f"/research/results/{name}/report?strategy=/../../report")).status == 404


async def test_a_report_is_shown_in_a_sandbox_under_its_own_policy(served: Served) -> None:
    name = store(served.results, 1)
    (served.results / f"{name}.html").write_text(REPORT)
    visitor = await served.enter()
    assert "/report?strategy=Mine" in await visitor.page(f"/research/results/{name}")
    answer = await visitor.open(f"/research/results/{name}/report?strategy=Mine")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox allow-scripts;" in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'; script-src 'none';" in policy
    assert await answer.text() == REPORT
    own = (await visitor.open("/research")).headers["Content-Security-Policy"]
    assert "script-src 'self'; style-src 'self'" in own


@pytest.mark.parametrize("change", ["none&#39;; style", "unsafe-inline", "none&#39; https://evil.example"])
async def test_a_page_with_a_weaker_policy_is_no_report(served: Served, change: str) -> None:
    name = store(served.results, 1)
    text = REPORT.replace("script-src &#39;none&#39;", f"script-src &#39;{change}&#39;")
    for content in (text, "<script>alert(1)</script>", ""):
        (served.results / f"{name}.html").write_text(content)
        assert (await (await served.enter()).open(f"/research/results/{name}/report")).status == 404


async def test_notes_are_saved_and_audited(served: Served) -> None:
    name = store(served.results, 1)
    visitor = await served.enter(Role.OPERATOR)
    await visitor.page(f"/research/results/{name}")
    answer = await visitor.send(f"/research/results/{name}/notes", strategy="Mine", notes="looks good")
    assert (answer.status, answer.headers["Location"]) == (303, f"/research/results/{name}?strategy=Mine")
    assert "looks good" in await visitor.page(f"/research/results/{name}")
    assert any(line.startswith(f"PATCH /backtest/history/{name} ") for line in await audited(served.api))


async def test_only_an_admin_removes_a_result(served: Served) -> None:
    name = store(served.results, 1)
    (served.results / f"{name}.html").write_text(REPORT)
    operator = await served.enter(Role.OPERATOR)
    assert "Delete it" not in await operator.page(f"/research/results/{name}")
    assert (await operator.send(f"/research/results/{name}/remove")).status == 403
    assert (served.results / f"{name}.zip").exists()
    admin = await served.enter()
    assert "It cannot be undone." in words(await admin.page(f"/research/results/{name}"))
    assert (await admin.send(f"/research/results/{name}/remove")).status == 303
    assert not list(served.results.glob(f"{name}*"))


async def test_a_viewer_looks_and_changes_nothing(served: Served) -> None:
    name = store(served.results, 1)
    viewer = await served.enter(Role.VIEWER)
    page = await viewer.page(f"/research/results/{name}")
    assert "<textarea" not in page
    assert "Delete it" not in page
    assert "New backtest" not in await viewer.page("/research")
    assert (await viewer.open(f"/research/results/{name}/zip")).status == 403
    await viewer.page("/research")
    assert (await viewer.send(f"/research/results/{name}/notes", strategy="Mine", notes="x")).status == 403


async def test_the_file_can_be_downloaded(served: Served) -> None:
    name = store(served.results, 1)
    answer = await (await served.enter(Role.OPERATOR)).open(f"/research/results/{name}/zip")
    assert await answer.read() == (served.results / f"{name}.zip").read_bytes()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.zip"'


async def test_a_command_from_another_page_is_refused(served: Served) -> None:
    name = store(served.results, 1)
    visitor = await served.enter()
    await visitor.page(f"/research/results/{name}")
    answer = await visitor.send(f"/research/results/{name}/remove", {"Origin": "http://evil.example"})
    assert answer.status == 403
    assert (served.results / f"{name}.zip").exists()
