"""Judge the API server's secrets by where it listens: the world must not get in by a default password."""

import ipaddress
import secrets

import msgspec

from appliance.config.secrets import weakness
from appliance.config.settings import ApiServerSettings, Settings

_HOW = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address. Raises ValueError where it is none."""
    return address == "localhost" or ipaddress.ip_address(address).is_loopback


def weak_secrets(server: ApiServerSettings) -> list[tuple[str, str]]:
    """Key path and fault of each secret that is empty, well known or too short; empty when all is well.

    A `ws_token` may be left out: without one the websocket takes access tokens and API tokens only.
    """
    faults = [
        ("api_server.password", weakness(server.password, also_known=(server.username,))),
        ("api_server.jwt_secret_key", weakness(server.jwt_secret_key, shortest=32)),
        *(("api_server.ws_token", weakness(token)) for token in server.ws_tokens),
    ]
    return [(path, fault) for path, fault in faults if fault]


def judge(server: ApiServerSettings) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Sort the faults of an enabled server into problems (it can be reached from elsewhere) and warnings."""
    if not server.enabled:
        return [], []
    try:
        loopback = is_loopback(server.listen_ip_address)
    except ValueError:
        found = server.listen_ip_address
        return [
            ("api_server.listen_ip_address", f'expected an IP address, e.g. "127.0.0.1", found "{found}"')
        ], []
    nameless = [] if server.username else [("api_server.username", "missing; expected a name to log in with")]
    faults = nameless + [
        (path, f"{fault}; expected a secret of your own, e.g. from {_HOW}")
        for path, fault in weak_secrets(server)
    ]
    if loopback:
        return [], faults
    where = f"server listens on {server.listen_ip_address}, where others reach it"
    return [(path, f"{fault} ({where})") for path, fault in faults], []


def with_session_secret(settings: Settings, stand_in: str) -> Settings:
    """Let `stand_in` sign sessions where the configuration has no `jwt_secret_key` at all."""
    if settings.api_server.jwt_secret_key:
        return settings
    server = msgspec.structs.replace(settings.api_server, jwt_secret_key=stand_in)
    return msgspec.structs.replace(settings, api_server=server)


def new_session_secret() -> str:
    return secrets.token_hex(32)
