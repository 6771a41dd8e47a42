"""The address of a bot."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from appliance.client.errors import WrongUsage

API = "/api/v1/"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """The parts of a server's URL; `prefix` is the path of a reverse proxy before `/api/v1`."""

    scheme: str
    host: str
    port: int
    prefix: str = ""
    username: str | None = None
    password: str | None = None

    def __str__(self) -> str:
        """Return the URL, without a login."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.prefix}"

    @property
    def is_local(self) -> bool:
        """Whether this is the local machine, where compression costs more than it saves."""
        return self.host in ("127.0.0.1", "localhost", "::1")


def address(url: str) -> Address:
    """Parse `http://host:port`, `https://host/prefix` and the like. Raises WrongUsage."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise _not_an_address(url) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _not_an_address(url)
    prefix = parts.path.rstrip("/").removesuffix(API.rstrip("/")).rstrip("/")
    return Address(
        parts.scheme,
        parts.hostname,
        port or _PORTS[parts.scheme],
        prefix,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def _not_an_address(url: str) -> WrongUsage:
    # The part before an @ may be a password.
    return WrongUsage(f"Expected an address such as http://127.0.0.1:8080, found {url.rpartition('@')[2]!r}")
