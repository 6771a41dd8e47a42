"""A form is carried out once, however often it is sent."""

import asyncio

import pytest

from appliance.server.dashboard.submissions import LASTS, MOST, Said, Submissions


class Form:
    """Count how often it was carried out."""

    def __init__(self, said: Said | None = None) -> None:
        self.said = said or Said("Done.")
        self.times = 0
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self) -> Said:
        self.times += 1
        await self.may_end.wait()
        return self.said


class Now:
    at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def submissions(now: Now) -> Submissions:
    return Submissions(now)


async def test_a_double_click_is_one_order(submissions: Submissions) -> None:
    ticket, form = submissions.ticket("me"), Form()
    form.may_end.clear()
    both = asyncio.gather(*(submissions.once("me", ticket, form) for _ in range(2)))
    await asyncio.sleep(0)
    form.may_end.set()
    first, second = await both
    assert form.times == 1
    assert first == Said("Done.")
    assert second.text == "This was sent before, and is not done again. Done."


async def test_a_repeat_after_an_hour_is_refused_too(submissions: Submissions, now: Now) -> None:
    ticket, form = submissions.ticket("me"), Form()
    await submissions.once("me", ticket, form)
    now.at += LASTS
    assert (await submissions.once("me", ticket, form)).status == 409
    assert form.times == 1


async def test_what_was_refused_without_effect_may_be_sent_again(submissions: Submissions) -> None:
    ticket, form = submissions.ticket("me"), Form(Said("no money", 409, is_final=False))
    assert (await submissions.once("me", ticket, form)).text == "no money"
    form.said = Said("Done.")
    assert (await submissions.once("me", ticket, form)).text == "Done."


async def test_an_error_that_may_have_had_an_effect_uses_the_form_up(submissions: Submissions) -> None:
    ticket, form = submissions.ticket("me"), Form(Said("the answer was lost", 502))
    for _ in range(2):
        assert "the answer was lost" in (await submissions.once("me", ticket, form)).text
    assert form.times == 1


async def test_who_leaves_does_not_end_what_runs(submissions: Submissions) -> None:
    ticket, form = submissions.ticket("me"), Form()
    form.may_end.clear()
    sending = asyncio.create_task(submissions.once("me", ticket, form))
    await asyncio.sleep(0.01)
    sending.cancel()
    form.may_end.set()
    assert "Done." in (await submissions.once("me", ticket, form)).text
    assert form.times == 1


@pytest.mark.parametrize("ticket", ["", "x", "9999999999.ab.cd", "é", "1.2.3.4", "\udcff"])
async def test_a_forged_ticket_is_refused(submissions: Submissions, ticket: str) -> None:
    form = Form()
    assert (await submissions.once("me", ticket, form)).status == 409
    assert form.times == 0


async def test_a_ticket_is_of_one_session_and_one_process(submissions: Submissions, now: Now) -> None:
    form, ticket = Form(), submissions.ticket("me")
    assert (await submissions.once("you", ticket, form)).status == 409
    assert "restarted" in (await Submissions(now).once("me", ticket, form)).text
    assert form.times == 0


async def test_memory_is_limited_and_nothing_is_forgotten_early(submissions: Submissions, now: Now) -> None:
    form = Form()
    for _ in range(MOST):
        await submissions.once("me", submissions.ticket("me"), form)
    assert (await submissions.once("me", submissions.ticket("me"), form)).status == 429
    now.at += LASTS
    assert (await submissions.once("me", submissions.ticket("me"), form)).status == 200
