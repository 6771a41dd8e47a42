"""The REST and websocket server with its dashboard."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Struct, field

from appliance.config.documented import doc

RoleName = Literal["viewer", "operator", "admin"]


class ApiToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let a program or a person in by a token of their own; the token itself is written down nowhere."""

    name: Annotated[str, doc("What it is for.", min_length=1, max_length=64)]
    hash: Annotated[
        str, doc("SHA-256 of the token in hexadecimal.", pattern="^[0-9a-f]{64}$", examples=["e3b0c442…"])
    ]
    role: Annotated[RoleName, doc("What it may do.")]
    expires: Annotated[datetime, doc("From when on it opens nothing.", tz=True)] | None = None


class LoginThrottle(Struct, frozen=True, kw_only=True):
    """Say how long an address has to wait after failed logins."""

    enabled: Annotated[bool, doc("Make an address wait after failed logins.")] = True
    free_failures: Annotated[int, doc("Failed logins of one address that cost nothing yet.", ge=1)] = 5
    first_wait: Annotated[
        float, doc("Seconds to wait after the next one; each further one doubles them.", gt=0)
    ] = 2.0
    longest_wait: Annotated[float, doc("Most seconds to wait.", gt=0)] = 300.0
    forget_after: Annotated[float, doc("Seconds without a failure after which all is forgiven.", gt=0)] = (
        3600.0
    )


class TlsSettings(Struct, frozen=True, kw_only=True):
    """Name the files by which the server speaks https; a renewed certificate is taken over by itself."""

    certificate: Annotated[str, doc("File with the certificate and those that vouch for it (PEM).")] = ""
    key: Annotated[str, doc("File with its private key (PEM, without a password).")] = ""


class ApiServerSettings(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Serve API and dashboard.")] = False
    listen_ip_address: Annotated[
        str, doc("Address to listen on; other than loopback needs good secrets.")
    ] = "127.0.0.1"
    listen_port: Annotated[int, doc("Port to listen on; 0 takes any free one.", ge=0, le=65535)] = 8080
    username: Annotated[str, doc("Name to log in with.")] = ""
    password: Annotated[
        str, doc("Password to log in with, or its argon2 hash from `appliance token hash-password`.")
    ] = ""
    jwt_secret_key: Annotated[str, doc("Secret that signs sessions; at least 32 characters.")] = ""
    ws_token: Annotated[
        str | tuple[str, ...],
        doc(
            "Token, or list of tokens, for the websocket; without one, access tokens and API tokens open it."
        ),
    ] = ""
    tokens: Annotated[
        tuple[ApiToken, ...],
        doc(
            "API tokens, each with `name`, `hash`, `role` (viewer, operator, admin) and perhaps `expires`; "
            "`appliance token create` makes them."
        ),
    ] = ()
    login_throttle: Annotated[LoginThrottle, doc("How failed logins are slowed down.")] = field(
        default_factory=LoginThrottle
    )
    tls: Annotated[TlsSettings, doc("Speak https; best left to a proxy where there is one.")] = field(
        default_factory=TlsSettings
    )
    metrics_token: Annotated[
        str, doc("Bearer token for /metrics; without one it answers on this machine only.")
    ] = ""
    trusted_proxies: Annotated[
        tuple[str, ...],
        doc("Addresses or networks of proxies whose X-Forwarded-For is believed, e.g. 127.0.0.1."),
    ] = ()
    CORS_origins: Annotated[
        tuple[str, ...], doc("Origins of web pages elsewhere (FreqUI) that may call the API.")
    ] = ()
    verbosity: Annotated[Literal["error", "info"], doc("Log no requests, or every one.")] = "error"
    enable_openapi: Annotated[bool, doc("Serve the API's description at /docs.")] = False

    @property
    def has_tls(self) -> bool:
        """Whether the server speaks https."""
        return bool(self.tls.certificate or self.tls.key)

    @property
    def url(self) -> str:
        """Where somebody on this machine finds it."""
        address = self.listen_ip_address
        near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
        host = near.get(address, f"[{address}]" if ":" in address else address)
        return f"{'https' if self.has_tls else 'http'}://{host}:{self.listen_port}"

    @property
    def ws_tokens(self) -> tuple[str, ...]:
        """The websocket tokens that are not empty."""
        tokens = (self.ws_token,) if isinstance(self.ws_token, str) else self.ws_token
        return tuple(token for token in tokens if token)
