"""The sections of messages: problems are reported with their keys, without secrets."""

from typing import Any

import pytest

from appliance.config.loading import Sources, load
from appliance.config.secrets import redacted, secret_values
from appliance.domain.errors import ConfigurationError

TELEGRAM = {"enabled": True, "token": "1:secret-token", "chat_id": "-100123"}


def faults(minimal: dict[str, Any], write: Any, **sections: Any) -> list[str]:
    write(minimal | sections)
    with pytest.raises(ConfigurationError) as caught:
        load(Sources(("config.json",)), {})
    return [problem.partition(": ")[2] for problem in caught.value.problems]


def test_what_is_switched_on_needs_its_address(minimal, write) -> None:
    lines = faults(
        minimal, write, telegram={"enabled": True}, webhook={"enabled": True}, discord={"enabled": True}
    )
    assert [line.partition(":")[0] for line in lines] == [
        "telegram.token",
        "telegram.chat_id",
        "webhook.url",
        "discord.webhook_url",
    ]


def test_what_is_switched_off_may_be_empty_or_odd(minimal, write) -> None:
    write(minimal | {"telegram": {"enabled": False, "chat_id": "here"}, "webhook": {"url": "nowhere"}})
    assert load(Sources(("config.json",)), {}).settings.telegram.chat_id == "here"


@pytest.mark.parametrize("button", ["/forceexit 3", "/delete 1", "/nonsense", "status", "/daily 7; rm"])
def test_the_keyboard_takes_commands_that_need_no_trade(button, minimal, write) -> None:
    lines = faults(minimal, write, telegram=TELEGRAM | {"keyboard": [["/daily", "/status table"], [button]]})
    assert len(lines) == 1
    assert lines[0].startswith("telegram.keyboard[1][0]: expected a command")


def test_a_slip_in_a_loudness_or_a_type_is_reported_with_its_place(minimal, write) -> None:
    loud = {"entry": "loud", "exit": {"roi": "silent", "*": "of"}}
    target = {"name": "phone", "url": "ntfy://host/topic", "types": ["entry_fill", "exit_fil"]}
    lines = faults(
        minimal,
        write,
        telegram=TELEGRAM | {"notification_settings": loud},
        notifications={"targets": [target]},
    )
    assert [line.partition(": ")[0] for line in lines] == [
        "telegram.notification_settings.entry",
        "telegram.notification_settings.exit.*",
        "notifications.targets[0].types[1]",
    ]
    assert lines[2].endswith('did you mean "exit_fill"?')


def test_targets_have_names_of_their_own_and_real_addresses(minimal, write) -> None:
    targets = [{"name": "a", "url": "ntfy://host/t"}, {"name": "a", "url": "my-secret-topic"}]
    lines = faults(minimal, write, notifications={"targets": targets})
    assert [line.partition(":")[0] for line in lines] == [
        "notifications.targets[1].name",
        "notifications.targets[1].url",
    ]
    assert "my-secret-topic" not in str(lines)


def test_addresses_and_tokens_are_secrets() -> None:
    config = {
        "telegram": TELEGRAM,
        "webhook": {"url": "https://hook/secret"},
        "discord": {"webhook_url": "https://discord/secret"},
        "notifications": {"targets": [{"name": "a", "url": "ntfy://secret"}]},
    }
    assert set(secret_values(config)) == {
        "1:secret-token",
        "-100123",
        "https://hook/secret",
        "https://discord/secret",
        "ntfy://secret",
    }
    assert "secret" not in str(redacted(config))


def test_keys_and_types_of_freqtrade_are_taken(minimal, write) -> None:
    write(
        minimal
        | {
            "telegram": TELEGRAM
            | {
                "chat_id": -100123,
                "topic_id": 4,
                "authorized_users": ["17", 18],
                "notification_settings": {"sell": "silent", "exit_fill": {"roi": "off", "*": "on"}},
            },
            "webhook": {"enabled": True, "url": "http://host/", "webhookbuy": {"text": "{pair}"}},
            "discord": {"enabled": True, "webhook_url": "http://host/", "exit": [{"Pair": "{pair}"}]},
        }
    )
    settings = load(Sources(("config.json",)), {}).settings
    assert settings.telegram.notification_settings.exit == "silent"
    assert settings.telegram.notification_settings.entry_fill == "off"
    assert settings.webhook.webhookentry == {"text": "{pair}"}
    assert settings.discord.exit == ({"Pair": "{pair}"},)
    assert settings.discord.entry_fill
