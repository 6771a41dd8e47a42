"""A bot that is worth attacking: every way in, a key for each role, trades, orders and locks."""

import aiohttp
from msgspec import Struct

from appliance.config.api_tokens import hash_of, new_token
from appliance.queries.roles import Role
from tests.support.running import Program, simulated_config

STRANGER = "stranger"
ROLES: dict[str, Role | None] = {
    STRANGER: None,
    "viewer": Role.VIEWER,
    "operator": Role.OPERATOR,
    "admin": Role.ADMIN,
}
TOKENS = {role: new_token() for role in Role}
METRICS_TOKEN = "a-metrics-token-for-tests-only"
PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "ADA/USDT")


class Login(Struct, frozen=True):
    """What one role shows: nothing at all for a stranger."""

    name: str
    role: Role | None
    token: str = ""
    access: str = ""
    refresh: str = ""


def fuzzing_config(port: int) -> dict:
    """A bot on the simulated market that describes its API, and whom wrong logins do not slow down."""
    config = simulated_config(port, strategy="SampleStrategy")
    tokens = [
        {"name": f"the {role.word}", "hash": hash_of(token), "role": role.word}
        for role, token in TOKENS.items()
    ]
    config["api_server"] |= {
        "enable_openapi": True,
        "login_throttle": {"enabled": False},
        "tokens": tokens,
        "metrics_token": METRICS_TOKEN,
        "CORS_origins": ["https://ui.example"],
        "verbosity": "info",
    }
    config["max_open_trades"] = 50
    return config


def secrets_of(config: dict) -> dict[str, str]:
    """Return what must be in no answer and in no log, each with its name."""
    api = config["api_server"]
    found = {
        f"api_server.{name}": api[name]
        for name in ("password", "jwt_secret_key", "ws_token", "metrics_token")
    }
    found |= {f"the {role.word}'s token": token for role, token in TOKENS.items()}
    return found | {f"the hash of the token of {token['name']}": token["hash"] for token in api["tokens"]}


async def login_of(program: Program, name: str) -> Login:
    """Log in as that role: its API token stands for the password."""
    role = ROLES[name]
    if role is None:
        return Login(name, None)
    shown = aiohttp.encode_basic_auth("anybody", TOKENS[role])
    async with (
        aiohttp.ClientSession(headers={"Authorization": shown}) as session,
        session.post(f"{program.url}/api/v1/token/login") as answer,
    ):
        told = await answer.json()
    return Login(name, role, TOKENS[role], told["access_token"], told["refresh_token"])


async def stir(program: Program) -> None:
    """Have it trade again after whatever was commanded, so that there is something to ask for."""
    await program.post("start")
    for pair in PAIRS[:3]:
        await program.post("forceenter", {"pair": pair})
    await program.post("forceenter", {"pair": PAIRS[3], "ordertype": "limit", "price": 0.01})
    await program.post("locks", [{"pair": PAIRS[4], "until": "2099-01-01 00:00:00Z", "reason": "fuzzing"}])
