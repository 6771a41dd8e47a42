"""A demo bot whose settings come from real files, and people with each role."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from appliance.config.api_tokens import hash_of
from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.errors import ConfigurationError
from appliance.queries.roles import Role
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import PASSWORD, USER, DemoBot

TOKENS = {Role.VIEWER: "apl_of-a-viewer", Role.OPERATOR: "apl_of-an-operator"}
SECRETS = {
    "live-key-0001": "exchange.key",
    "live-secret-0002": "exchange.secret",
    "77:telegram-0003": "telegram.token",
    "100000004": "telegram.chat_id",
    "hook-path-0005": "webhook.url",
    "apprise-0006": "notifications.targets[0].url",
    "ws-token-number-0007": "api_server.ws_token[0]",
    "ws-token-number-0008": "api_server.ws_token[1]",
    "jwt-secret-of-thirty-two-characters-0009": "api_server.jwt_secret_key",
    PASSWORD: "api_server.password",
    "proxy-password-0010": "a password in a URL",
    hash_of(TOKENS[Role.VIEWER]): "the hash of a token",
    hash_of(TOKENS[Role.OPERATOR]): "the hash of a token",
    **dict.fromkeys(TOKENS.values(), "a token"),
    "commented-out-0012": "a comment",
}
CONFIG = """\
{
    // My bot; before it had "key": "commented-out-0012",
    "bot_name": "demo",
    "strategy": "SampleStrategy",
    "stake_currency": "USDT",
    "stake_amount": 100, /* per trade */
    "max_open_trades": 5,
    "my_threshold": 0.3,
    "exchange": {
        "name": "simulated",
        "key": "live-key-0001",
        "secret": "live-secret-0002",
        "pair_whitelist": ["BTC/USDT", "ETH/USDT"],
        "ccxt_config": {"httpsProxy": "http://me:proxy-password-0010@proxy.example:3128"},
    },
    "telegram": {"enabled": false, "token": "77:telegram-0003", "chat_id": 100000004},
    "webhook": {"url": "http://127.0.0.1:9/hook-path-0005"},
    "notifications": {"enabled": false, "targets": [{"name": "phone", "url": "json://127.0.0.1:9/apprise-0006"}]},
    "api_server": {
        "username": "USER",
        "password": "PASSWORD",
        "jwt_secret_key": "jwt-secret-of-thirty-two-characters-0009",
        "ws_token": ["ws-token-number-0007", "ws-token-number-0008"],
        "tokens": [
            {"name": "grafana", "role": "viewer", "hash": "VIEWER"},
            {"name": "helper", "role": "operator", "hash": "OPERATOR"},
        ],
    },
}
"""
for name, text in {
    "USER": USER,
    "PASSWORD": PASSWORD,
    **{role.name: hash_of(TOKENS[role]) for role in TOKENS},
}.items():
    CONFIG = CONFIG.replace(f'"{name}"', f'"{text}"')


class ConfiguredBot(DemoBot):
    """A demo bot with settings of files, which reloads them as a bot does."""

    def __init__(self, loaded: LoadedSettings, environ: Mapping[str, str]) -> None:
        super().__init__(loaded.settings)
        self.loaded = loaded
        self.environ = environ
        self.reloads = 0
        self.notifications: Any = None
        self.fault = ""

    async def reload(self) -> str:
        self.reloads += 1
        if self.fault:
            raise ConfigurationError(f"Reload failed, the running configuration stays in use: {self.fault}")
        self.loaded = await asyncio.to_thread(load, self.loaded.sources, self.environ)
        self.settings = self.loaded.settings
        return "Reloading config ..."


Configure = Callable[..., Awaitable[ConfiguredBot]]
Enter = Callable[..., Awaitable[Visitor]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("APPLIANCE__STAKE_AMOUNT", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def configure(folder: Path) -> Configure:
    """Return what writes config.json and gives a bot that was started with it."""

    async def configured(
        text: str = CONFIG, *more: str, environ: Mapping[str, str] | None = None, **overrides: Any
    ) -> ConfiguredBot:
        await asyncio.to_thread((folder / "config.json").write_text, text)
        sources = Sources(("config.json", *more), overrides)
        return ConfiguredBot(await asyncio.to_thread(load, sources, environ or {}), environ or {})

    return configured


@pytest.fixture
def enter(visit: Any, make_app: Any) -> Enter:
    """Return what logs somebody in to the dashboard of a bot."""

    async def entered(bot: DemoBot, role: Role = Role.ADMIN) -> Visitor:
        visitor = await visit(make_app(bot))
        login = () if role is Role.ADMIN else ("", TOKENS[role])
        assert (await visitor.log_in(*login)).status == 303
        bot.audited.clear()
        return visitor

    return entered


def leaked(text: str) -> list[str]:
    """Return where the secrets that stand in a text come from."""
    return [origin for secret, origin in SECRETS.items() if secret in text]
