"""Health checks and figures, asked for as container engines and Prometheus do."""

from pathlib import Path

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from appliance.bot.health import SILENCE_SECONDS, STALL_SECONDS, Health
from appliance.domain.enums import State
from appliance.domain.errors import StorageError
from appliance.domain.outbox_message import OutboxMessage
from appliance.server.bot_slot import BOT_SLOT
from tests.support.serving import served, server_settings

pytestmark = pytest.mark.python_independent

TOKEN = "a-token-for-prometheus"


async def asked(api, path, **headers):
    async with api.session.get(f"{api.url}{path}", headers=headers) as answer:
        return answer.status, await answer.text()


async def figures(api, **headers):
    """Return the samples by name and labels."""
    status, text = await asked(api, "/metrics", **headers)
    assert status == 200, text
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_before_the_bot_is_there_it_lives_and_is_not_ready(starting):
    assert await asked(starting, "/livez") == (200, '{"status":"starting"}')
    assert await asked(starting, "/readyz") == (503, '{"status":"the bot is starting"}')
    assert (await figures(starting))[("appliance_up",)] == 0


async def test_a_bot_that_trades_is_ready(api, stage):
    await stage.bot.run_one_cycle()
    assert await asked(api, "/livez") == (200, '{"status":"alive"}')
    assert await asked(api, "/readyz") == (200, '{"status":"ready"}')


def a_well_bot(**changed) -> Health:
    well = {"loop_age": 1.0, "exchange_age": 1.0, "journal_lag": 0.0, "unknown_orders": 0, "open_trades": 0}
    return Health(state=State.RUNNING, **(well | changed))


@pytest.mark.parametrize(
    ("changed", "alive", "told"),
    [
        ({}, True, []),
        ({"loop_age": STALL_SECONDS}, False, ["no cycle was finished for 300 seconds"]),
        ({"exchange_age": SILENCE_SECONDS}, True, ["the exchange has not answered for 120 seconds"]),
        ({"journal_lag": 7.0}, True, ["the database could not be written for 7 seconds"]),
    ],
)
def test_what_is_not_well(changed, alive, told):
    vitals = a_well_bot(**changed)
    assert (vitals.is_alive, vitals.troubles()) == (alive, told)


async def test_a_database_that_cannot_be_written_is_reported_and_no_reason_to_restart(api, stage, tmp_path):
    stage.bot._shared.books.pending.failed(StorageError("no room"))
    status, text = await asked(api, "/readyz")
    assert status == 503
    assert "the database could not be written" in text
    assert (await asked(api, "/livez"))[0] == 200


async def test_the_figures_are_those_of_the_api(api, stage):
    await api.get("/count")
    await api.post("/forceenter", {"pair": "ETH/USDT", "side": "long"})
    await asked(api, "/no/such/path")
    message = OutboxMessage(service="phone", created_at=stage.bot.now(), content="{}")
    await stage.bot.outbox.add([message] * 2, most=10)
    stage.bot.outbox.count_dropped("mail", 3)
    found = await figures(api)
    count, balance = (await api.get("/count")).body, (await api.get("/balance")).body
    assert found[("appliance_open_trades",)] == count["current"] == 1
    assert found["appliance_balance", "USDT"] == pytest.approx(balance["total_bot"])
    assert found["appliance_starting_balance", "USDT"] == balance["starting_capital"]
    assert found["appliance_state", "running"] == 1
    assert found["appliance_unknown_orders",] == 0
    assert found["appliance_journal_lag_seconds",] == 0
    assert found["appliance_requests_total", "/api/v1/count", "200", "GET"] == 1
    assert found["appliance_requests_total", "404", "GET", "elsewhere"] == 1
    assert found["appliance_messages_total", "entry"] == 1
    assert found["appliance_notifications_waiting", "phone"] == 2
    assert found["appliance_notifications_dropped_total", "mail"] == 3
    assert found["appliance_loop_age_seconds",] >= 0
    assert found["appliance_exchange_age_seconds",] >= 0
    assert found["appliance_closed_profit", "USDT"] == 0
    assert found["appliance_websocket_subscribers",] == 0
    assert found["appliance_resident_memory_bytes",] > 1e6


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.7"},
        {"Host": "bot.example.org"},
        {"Via": "1.1 proxy"},
        {"Forwarded": "for=x"},
        {"Connection": "close"},
        {"Connection": "upgrade"},
    ],
)
async def test_without_a_token_there_are_no_metrics_through_a_proxy(api, headers):
    assert (await asked(api, "/metrics", **headers))[0] == 403


async def test_with_a_token_only_who_shows_it():
    async with served(server_settings(metrics_token=TOKEN)) as api:
        assert (await asked(api, "/metrics"))[0] == 401
        assert (await asked(api, "/metrics", Authorization="Bearer wrong"))[0] == 401
        through = {"X-Forwarded-For": "203.0.113.7", "Authorization": f"Bearer {TOKEN}"}
        assert (await figures(api, **through))[("appliance_up",)] == 0


async def test_who_guesses_the_token_waits():
    async with served(server_settings(metrics_token=TOKEN)) as api:
        statuses = [(await asked(api, "/metrics", Authorization=f"Bearer {n}"))[0] for n in range(8)]
        assert statuses[-1] == 429


async def test_where_a_proxy_is_trusted_a_token_is_needed():
    async with served(server_settings(trusted_proxies=["127.0.0.1"])) as api:
        assert (await asked(api, "/metrics"))[0] == 403


async def test_a_reload_that_brings_a_token_closes_the_door(api, stage):
    assert (await asked(api, "/metrics"))[0] == 200
    settings = api.app[BOT_SLOT].bot.settings
    server = msgspec.structs.replace(settings.api_server, metrics_token=TOKEN)
    stage.bot._shared.setup.settings = msgspec.structs.replace(settings, api_server=server)
    assert (await asked(api, "/metrics"))[0] == 401


async def test_every_figure_is_explained_in_the_docs(api, stage):
    page = (Path(__file__).parents[3] / "docs" / "monitoring.md").read_text()
    assert {name for name, *_ in await figures(api) if f"`{name}`" not in page} == set()
