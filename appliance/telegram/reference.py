"""Write the page about messages and Telegram: docs/notifications.md."""

import json
import sys
from datetime import UTC, datetime

import msgspec

from appliance.bot.orders.event_fields import (
    LiquidationRisk,
    entry_cancel_fields,
    entry_fields,
    exit_cancel_fields,
    exit_fields,
    liquidation_fields,
)
from appliance.config.introspection import Setting, settings_of
from appliance.config.sections.notifications import (
    NotificationsSettings,
    NotificationTarget,
    OutboxSettings,
)
from appliance.config.sections.telegram import Loudnesses, TelegramSettings
from appliance.config.sections.webhooks import DiscordSettings, WebhookSettings
from appliance.config.validation.values import expectation
from appliance.domain.lock import PairLock
from appliance.domain.message import MessageType
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.telegram.commands import SECTIONS

_INTRODUCTION = """\
# Messages and Telegram

The bot tells what happens to Telegram, Discord, a webhook, and the hundred services that
[apprise](https://appriseit.com/services/) knows. The sections `telegram`, `discord` and `webhook` are
freqtrade's, with their keys; `notifications` is this program's own.

This page is made by `python -m appliance.telegram.reference`.

```json
"notifications": {
    "targets": [
        {"name": "phone", "url": "ntfy://ntfy.sh/a-topic-nobody-guesses", "types": ["exit_fill", "warning"]},
        {"name": "mail", "url": "mailto://user:password@example.com", "templates": {"warning": "{status}"}}
    ]
}
```

- Addresses and tokens are secrets: log, API and errors do not show them.
- A message is written into the database (table `appliance_outbox`) milliseconds after it was announced, for
  each service apart, and struck out when the service has taken it. From then on an outage of a service, a
  restart or a crash delays it, and each service gets its messages in order. Trading waits for none of that.
- After a crash in between a message may come twice. Posts of a webhook have a header `Idempotency-Key`, the
  same for each attempt at a message.
- What waits longer than `notifications.outbox.keep_hours`, or is more than `most_messages`, is dropped: the
  oldest first; the log tells, `/metrics` counts, and the service is told once it takes messages again.
- A service that refuses a message for what is in it (400, 422, …) does not get it again. Where address or
  key are wrong (401, 403, 404, …), or it is too busy (429), messages wait; the pause grows to five minutes.
- A reload of the configuration takes over other services and templates at once.

Templates are Python's format texts: `{pair}`, `{profit_ratio:.2%}`, `{open_date:%H:%M}`. `bot_name`,
`strategy`, `timeframe` and `type` may stand in all of them. A template that names what a message does not
have is told in the log once; apprise then sends the usual text, a webhook nothing.

## Otherwise than freqtrade

- freqtrade gives a message up when its few attempts have failed; here it waits. `retries` of a webhook are
  quick attempts before that.
- Buttons that exit or enter a trade ask who touches them, as commands do, and work once.
- Commands that act and arrive more than ten minutes late are not carried out, and that is told. What was
  written while the bot did not run is left alone, as with freqtrade.
- Every command that acts is in the audit log, with the id of the Telegram user.
- `/tg_info` answers in any chat with the ids that the configuration needs, and with nothing else.
- `telegram.api_url` names a Bot API server of one's own.
"""


def markdown() -> str:
    """Return the page."""
    parts = [
        _INTRODUCTION,
        "\n## Settings\n\n| Key | Takes | Default | Meaning |\n| --- | --- | --- | --- |\n",
    ]
    for above, section in (
        ("notifications", NotificationsSettings),
        ("notifications.targets[]", NotificationTarget),
        ("notifications.outbox", OutboxSettings),
        ("telegram", TelegramSettings),
        ("telegram.notification_settings", Loudnesses),
        ("webhook", WebhookSettings),
        ("discord", DiscordSettings),
    ):
        parts += [_row(f"{above}.{name}", one) for name, one in settings_of(section).items()]
    parts.append("\n## Fields of messages\n\n| Type | Fields |\n| --- | --- |\n")
    for kind, fields in _fields().items():
        parts.append(f"| `{kind.value}` | {', '.join(f'`{name}`' for name in fields)} |\n")
    parts.append("\n## Telegram commands\n")
    for title, commands in SECTIONS.items():
        parts.append(f"\n### {title}\n\n| Command | What it does |\n| --- | --- |\n")
        for command in commands:
            names = ", ".join(f"`/{name}`" for name in command.names)
            takes = f" `{command.takes}`".replace("|", "\\|") if command.takes else ""
            parts.append(f"| {names}{takes} | {command.does} |\n")
    return "".join(parts)


def _row(path: str, setting: Setting) -> str:
    section = setting.section is not None and not isinstance(setting.default, tuple)
    takes = "section" if section else expectation(setting.type).replace("|", "\\|")
    return f"| `{path}` | {takes} | {'' if section else _default(setting)} | {setting.description} |\n"


def _default(setting: Setting) -> str:
    if setting.default is msgspec.NODEFAULT:
        return "has to be set"
    if setting.default in (None, "", (), {}):
        return "none"
    return f"`{json.dumps(msgspec.to_builtins(setting.default))}`".replace("|", "\\|")


def _fields() -> dict[MessageType, list[str]]:
    """Return the fields of each type, as the functions that make the messages name them."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    order = Order(
        ft_pair="A/B", order_id="1", ft_order_side="buy", ft_amount=1.0, ft_price=1.0, order_date=now
    )
    trade = Trade(
        pair="A/B",
        exchange="x",
        base_currency="A",
        stake_currency="B",
        fee_open=0.0,
        fee_close=0.0,
        open_rate=1.0,
        stake_amount=1.0,
        amount=1.0,
        open_date=now,
    )
    trade.orders = [order]
    lock = [*PairLock(pair="A/B", lock_time=now, lock_end_time=now).to_json(), "base_currency"]
    return {
        MessageType.STATUS: ["status"],
        MessageType.WARNING: ["status"],
        MessageType.EXCEPTION: ["status"],
        MessageType.STARTUP: ["status"],
        MessageType.ENTRY: [*entry_fields(trade, order, filled=False, current_rate=1.0)],
        MessageType.ENTRY_FILL: [*entry_fields(trade, order, filled=True, current_rate=1.0)],
        MessageType.ENTRY_CANCEL: [*entry_cancel_fields(trade, order, "", current_rate=1.0)],
        MessageType.EXIT: [*exit_fields(trade, order, filled=False, current_rate=1.0, now=now)],
        MessageType.EXIT_FILL: [*exit_fields(trade, order, filled=True, current_rate=1.0, now=now)],
        MessageType.EXIT_CANCEL: [*exit_cancel_fields(trade, order, "", current_rate=1.0, now=now)],
        MessageType.PROTECTION_TRIGGER: lock,
        MessageType.PROTECTION_TRIGGER_GLOBAL: lock,
        MessageType.LIQUIDATION_WARNING: [
            *liquidation_fields(trade, LiquidationRisk(1.0, 0.5, 0.5, 1), margin_mode="", open_positions=1)
        ],
        MessageType.STRATEGY_MSG: ["msg"],
        MessageType.WHITELIST: ["data"],
        MessageType.NEW_CANDLE: ["data"],
    }


if __name__ == "__main__":
    sys.stdout.write(markdown())
