"""Check the sections of messages that are enabled. Pure functions; one line for each problem."""

import re
from collections.abc import Iterator

from appliance.config.settings import Settings, TelegramSettings

_NAMES = """
start pause stop stopentry stopbuy reload_config show_config status trades count performance entries buys
exits sells mix_tags stats daily weekly monthly profit profit_long profit_short balance locks whitelist
blacklist bl_delete forcelong forcebuy forceshort forceexit forcesell fx logs health help version marketdir
"""
KEYBOARD_COMMANDS = frozenset(_NAMES.split())
"""Commands that need no trade as an argument."""
_ARGUMENTS = {
    **dict.fromkeys(
        ("daily", "weekly", "monthly", "trades", "logs", "profit_long", "profit_short"), r"\d{1,4}"
    ),
    "profit": r"((long|short)( \d{1,4})?|\d{1,4})",
    "status": "table",
    "balance": "full",
    "whitelist": "(sorted|baseonly)( (sorted|baseonly))?",
    "marketdir": "(long|short|even|none)",
}
"""Their arguments allowed on a button: none that enters or exits a trade at one touch."""


def message_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield key path and text of each problem."""
    if settings.telegram.enabled:
        yield from _telegram(settings.telegram)
    for path, enabled, url in (
        ("webhook.url", settings.webhook.enabled, settings.webhook.url),
        ("discord.webhook_url", settings.discord.enabled, settings.discord.webhook_url),
        ("telegram.api_url", settings.telegram.enabled, settings.telegram.api_url),
    ):
        if enabled and not url.startswith(("http://", "https://")):
            found = "something else (not shown)" if url else "nothing"
            yield path, f"expected an address that begins with http:// or https://, found {found}"
    yield from _targets(settings)


def _telegram(telegram: TelegramSettings) -> Iterator[tuple[str, str]]:
    if not telegram.token:
        yield "telegram.token", "missing; expected the token from @BotFather"
    for path, number, found in (
        ("telegram.chat_id", str(telegram.chat_id), "something else (not shown)"),
        ("telegram.topic_id", str(telegram.topic_id or 1), f'"{telegram.topic_id}"'),
        *(
            (f"telegram.authorized_users[{index}]", str(user), f'"{user}"')
            for index, user in enumerate(telegram.authorized_users or ())
        ),
    ):
        if not re.fullmatch(r"-?\d{1,19}", number):
            yield path, f"expected a whole number, found {found if number else 'nothing'}"
    for row, buttons in enumerate(telegram.keyboard):
        for column, button in enumerate(buttons):
            if not _fits_keyboard(button):
                text = f'expected a command that needs no trade, e.g. "/daily 7", found "{button:.40}"'
                yield f"telegram.keyboard[{row}][{column}]", text


def _fits_keyboard(button: str) -> bool:
    command, _, arguments = button.partition(" ")
    if not command.startswith("/") or command[1:] not in KEYBOARD_COMMANDS:
        return False
    return not arguments or bool(re.fullmatch(_ARGUMENTS.get(command[1:], "nothing"), arguments))


def _targets(settings: Settings) -> Iterator[tuple[str, str]]:
    names: set[str] = set()
    for index, target in enumerate(settings.notifications.targets):
        above = f"notifications.targets[{index}]"
        if target.name in names:
            yield f"{above}.name", f'expected each name once, found "{target.name}" more than once'
        names.add(target.name)
        if not re.match(r"[A-Za-z0-9+.-]+://.", target.url):
            text = "expected an apprise address, e.g. ntfy://ntfy.sh/topic, found something else"
            yield f"{above}.url", f"{text} (not shown)"
