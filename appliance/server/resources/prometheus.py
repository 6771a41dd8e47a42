"""Expose the bot's metrics in the format of Prometheus. Imported at the first request for them."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import psutil
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from appliance import __version__
from appliance.bot.health import health_of
from appliance.domain.enums import State
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.middleware.request_counters import REQUEST_COUNTERS
from appliance.server.websocket.hub import HUB

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class Process(NamedTuple):
    """Hold resident memory in bytes, and the start in seconds since 1970."""

    resident: int
    started: float


def this_process() -> Process:
    """Ask the operating system. Reads files: for a thread."""
    process = psutil.Process()
    return Process(process.memory_info().rss, process.create_time())


def exposed(
    app: web.Application, process: Process, waiting: Mapping[str, int], worth: float | None
) -> tuple[bytes, str]:
    """Return all metrics of this moment, and their content type.

    `waiting`: queued messages by service; `worth`: the value of the bot's holdings, None if a price is not
    known.
    """
    registry = CollectorRegistry()
    registry.register(_Metrics(app, process, waiting, worth))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Metrics:
    """Collect metrics from memory at each request."""

    def __init__(
        self, app: web.Application, process: Process, waiting: Mapping[str, int], worth: float | None
    ) -> None:
        self._app = app
        self._process = process
        self._waiting = waiting
        self._worth = worth

    def collect(self) -> Iterator[Metric]:
        yield from _program(self._app, self._process)
        bot = self._app[BOT_SLOT].bot
        yield _gauge("up", "Whether the bot is there (1) or still starts (0).", float(bot is not None))
        if bot is not None:
            yield from _health(bot)
            yield from _money(bot, self._worth)
            yield from _notifications(bot, self._waiting)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"appliance_{name}", text, value=value)


def _program(app: web.Application, process: Process) -> Iterator[Metric]:
    info = GaugeMetricFamily("appliance_build_info", "Version of the program.", labels=["version"])
    info.add_metric([__version__], 1)
    yield info
    yield _gauge("resident_memory_bytes", "Memory that the program holds, in bytes.", process.resident)
    yield _gauge("start_time_seconds", "When the program started, in seconds since 1970.", process.started)
    requests = CounterMetricFamily(
        "appliance_requests", "Requests answered.", labels=["method", "route", "status"]
    )
    for (method, route, status), number in app[REQUEST_COUNTERS].requests.items():
        requests.add_metric([method, route, str(status)], number)
    yield requests
    messages = CounterMetricFamily("appliance_messages", "Messages announced.", labels=["type"])
    for kind, number in app[REQUEST_COUNTERS].messages.items():
        messages.add_metric([kind], number)
    yield messages
    hub = app[HUB]
    yield _gauge("websocket_subscribers", "Clients at the websocket.", hub.number)
    yield _gauge("websocket_waiting_bytes", "Bytes that wait for slow readers of the websocket.", hub.waiting)


def _health(bot: "Bot") -> Iterator[Metric]:
    vitals = health_of(bot)
    states = GaugeMetricFamily("appliance_state", "1 for the state that the bot is in.", labels=["state"])
    for state in State:
        states.add_metric([state.value], float(state is vitals.state))
    yield states
    yield _gauge("loop_age_seconds", "Seconds since the last cycle was finished.", vitals.loop_age)
    yield _gauge("exchange_age_seconds", "Seconds since the exchange answered.", vitals.exchange_age)
    yield _gauge(
        "journal_lag_seconds",
        "Seconds since something waits to be written down; 0: nothing.",
        vitals.journal_lag,
    )
    yield _gauge("unknown_orders", "Unresolved orders: their answer was lost.", vitals.unknown_orders)
    yield _gauge(
        "records_set_aside",
        "Trades, locks and deletions that cannot be written as they are; all else can.",
        len(vitals.set_aside),
    )
    yield _gauge("open_trades", "Trades that are open.", vitals.open_trades)


def _notifications(bot: "Bot", waiting: Mapping[str, int]) -> Iterator[Metric]:
    dropped = bot.outbox.dropped
    waits = GaugeMetricFamily(
        "appliance_notifications_waiting", "Messages that wait for a service.", labels=["service"]
    )
    lost = CounterMetricFamily(
        "appliance_notifications_dropped", "Messages that a service never gets.", labels=["service"]
    )
    for service in sorted({*waiting, *dropped}):
        waits.add_metric([service], waiting.get(service, 0))
        lost.add_metric([service], dropped[service])
    yield waits
    yield lost


def _money(bot: "Bot", worth: float | None) -> Iterator[Metric]:
    closed = bot.book.closed
    stake = bot.settings.stake_currency
    yield _gauge("closed_trades", "Trades that are closed.", len(closed))
    for name, text, value in (
        ("closed_profit", "Profit of closed trades, in stake currency.", bot.book.closed_profit),
        ("balance", "What the bot has, positions included, in stake currency; NaN: not known.", worth),
        (
            "starting_balance",
            "What the bot began with, in stake currency.",
            bot.wallets.get_starting_balance(),
        ),
    ):
        family = GaugeMetricFamily(f"appliance_{name}", text, labels=["currency"])
        family.add_metric([stake], math.nan if value is None else value)
        yield family
