"""A null in a template, or a field without a value in a message, keeps nothing of the rest back."""

import json
from urllib.parse import parse_qsl

import pytest

from appliance.notify.templates import BadTemplate, filled
from appliance.rules.trade_requests import ExitRequest
from tests.notify.notifying import telling, until_none_waits, webhook_settings
from tests.support.sink import sink

FIELDS = {"pair": "ETH/USDT", "tag": None, "rate": 1.5}


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ({"a": None, "b": "{pair}"}, {"a": None, "b": "ETH/USDT"}),
        (
            {"a": {"b": None, "c": ["{pair}", None, 1, True]}},
            {"a": {"b": None, "c": ["ETH/USDT", None, 1, True]}},
        ),
        ("{tag}", "None"),
        ("{tag:.2f} {rate:.2f}", "None 1.50"),
        ("{tag:%Y-%m-%d}", "None"),
        ("{tag!r} {tag.name} {tag[0]}", "None None None"),
        (None, None),
    ],
)
def test_nothing_keeps_the_rest_back(template, told):
    assert filled(template, FIELDS) == told


@pytest.mark.parametrize("template", ["{unknown}", "{", "{pair.nothing}", "{pair:.2f}"])
def test_errors_independent_of_the_message_are_reported(template):
    with pytest.raises(BadTemplate):
        filled({"a": template}, FIELDS)


TEMPLATE = {
    "value1": None,
    "value2": "{pair}",
    "more": {"inner": None, "tag": "{enter_tag}"},
    "list": [None, "x"],
}


async def test_a_webhook_sends_the_rest_as_json(tmp_path):
    (told,) = await entry_told(tmp_path, "json", TEMPLATE)
    assert json.loads(told) == {
        "value1": None,
        "value2": "ETH/USDT",
        "more": {"inner": None, "tag": "force_entry"},
        "list": [None, "x"],
    }


async def test_a_webhook_sends_the_rest_as_a_form(tmp_path):
    (told,) = await entry_told(
        tmp_path, "form", {"value1": None, "value2": "{pair}", "list": [None, "x", "y"]}
    )
    assert parse_qsl(told) == [("value2", "ETH/USDT"), ("list", "x"), ("list", "y")]


@pytest.mark.parametrize(("data", "text"), [("{pair}", "ETH/USDT"), (None, ""), (5, "5")])
async def test_a_webhook_sends_raw_text_beside_a_null(tmp_path, data, text):
    assert await entry_told(tmp_path, "raw", {"value1": None, "data": data}) == [text]


async def test_a_field_without_a_value_is_no_reason_to_send_nothing(tmp_path):
    template = {"rate": "{close_rate:.2f}", "ratio": "{final_profit_ratio:.2%}", "pair": "{pair}"}
    async with sink() as taking:
        settings = webhook_settings(taking, warning=None, exit=template | {"rate": "{order_rate:.2f}"})
        async with telling(tmp_path, **settings) as (one, notifier):
            trade = await one.enter("ETH/USDT")
            await one.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
            await until_none_waits(notifier)
            await taking.until(lambda: taking.posts)
    assert json.loads(taking.bodies[0]) == {"rate": "100.00", "ratio": "None", "pair": "ETH/USDT"}


async def test_discord_shows_the_other_fields(tmp_path):
    fields = [{"Nothing": None}, {"Pair": "{pair}", "Number": 5}, {"Ratio": "{final_profit_ratio:.2%}"}]
    async with sink() as taking:
        settings = {"discord.enabled": True, "discord.webhook_url": taking.url, "discord.exit": fields}
        async with telling(tmp_path, **settings, **{"discord.entry_fill": [], "discord.exit_fill": []}) as (
            one,
            _,
        ):
            trade = await one.enter("ETH/USDT")
            await one.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
            await taking.until(lambda: taking.posts)
    shown = json.loads(taking.bodies[0])["embeds"][0]["fields"]
    assert [(field["name"], field["value"]) for field in shown] == [
        ("Pair", "ETH/USDT"),
        ("Number", "5"),
        ("Ratio", "None"),
    ]


async def entry_told(folder, form: str, template) -> list[str]:
    """Return what a webhook is sent for an entry."""
    async with sink() as taking:
        settings = webhook_settings(taking, format=form, entry=template)
        async with telling(folder, **settings) as (one, notifier):
            await one.enter("ETH/USDT")
            await until_none_waits(notifier)
            await taking.until(lambda: taking.posts)
    return taking.bodies


@pytest.mark.parametrize("section", ["webhook", "discord"])
async def test_null_in_place_of_a_template_sends_nothing_of_that_type(tmp_path, section):
    async with sink() as taking:
        where = {"enabled": True, "url" if section == "webhook" else "webhook_url": taking.url}
        file = tmp_path / "more.json"
        file.write_text(json.dumps({section: where | {"exit": None, "entry": None, "entry_fill": None}}))
        async with telling(tmp_path, files=[str(file)]) as (one, notifier):
            await one.enter("ETH/USDT")
            await until_none_waits(notifier)
    assert taking.posts == []
