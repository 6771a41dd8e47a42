"""Check the secrets of the API server, more strictly if it can be reached from other machines."""

import ipaddress
import secrets
from collections.abc import Iterator

import msgspec

from appliance.config.secrets import weakness
from appliance.config.settings import ApiServerSettings, Settings

SHORTEST_SECRET = 12
"""Characters of a password or token, below which a start is warned where other machines reach the server."""
_HOW = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


def is_loopback(address: str) -> bool:
    """Return whether only this machine can reach an address. Raises ValueError for an invalid one."""
    return address == "localhost" or ipaddress.ip_address(address).is_loopback


def weak_secrets(server: ApiServerSettings) -> list[tuple[str, str]]:
    """Return key path and fault of each secret that is empty, well known or too short.

    `ws_token` is optional: without one the websocket accepts access tokens and API tokens only.
    """
    faults = [
        ("api_server.password", weakness(server.password, also_known=(server.username,))),
        ("api_server.jwt_secret_key", weakness(server.jwt_secret_key, shortest=32)),
        *(("api_server.ws_token", weakness(token)) for token in server.ws_tokens),
    ]
    return [(path, fault) for path, fault in faults if fault]


def judge(server: ApiServerSettings) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return problems and warnings about an enabled server.

    Secrets that are empty or well known, and a short `jwt_secret_key`, are problems if other machines reach
    it, else warnings. Short passwords and tokens are warnings, and only there: freqtrade accepts them.
    """
    if not server.enabled:
        return [], []
    try:
        loopback = is_loopback(server.listen_ip_address)
    except ValueError:
        found = server.listen_ip_address
        return [
            ("api_server.listen_ip_address", f'expected an IP address, e.g. "127.0.0.1", found "{found}"')
        ], []
    nameless = [] if server.username else [("api_server.username", "missing; expected a user name")]
    faults = nameless + [
        (path, f"{fault}; expected a secret of your own, e.g. from {_HOW}")
        for path, fault in weak_secrets(server)
    ]
    if loopback:
        return [], faults
    where = f"the server listens on {server.listen_ip_address}, which other machines can reach"
    problems = [(path, f"{fault} ({where})") for path, fault in faults]
    refused = {path for path, _ in problems}
    return problems, [(path, text) for path, text in _short_secrets(server) if path not in refused]


def _short_secrets(server: ApiServerSettings) -> Iterator[tuple[str, str]]:
    tokens = [("api_server.ws_token", token) for token in server.ws_tokens]
    for path, secret in (("api_server.password", server.password), *tokens):
        if len(secret) < SHORTEST_SECRET:
            characters = "1 character" if len(secret) == 1 else f"{len(secret)} characters"
            yield (
                path,
                f"{characters} while listening on {server.listen_ip_address}; use at least {SHORTEST_SECRET}",
            )


def with_session_secret(settings: Settings, substitute: str) -> Settings:
    """Use `substitute` as the secret of sessions if the configuration has no `jwt_secret_key`."""
    if settings.api_server.jwt_secret_key:
        return settings
    server = msgspec.structs.replace(settings.api_server, jwt_secret_key=substitute)
    return msgspec.structs.replace(settings, api_server=server)


def new_session_secret() -> str:
    """Create a random secret for sessions."""
    return secrets.token_hex(32)
