"""The REST and websocket server with the dashboard."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Struct, field

from appliance.config.documented import doc

RoleName = Literal["viewer", "operator", "admin"]


class ApiToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An API token of a program or a person; only its hash is stored."""

    name: Annotated[str, doc("Purpose of the token.", min_length=1, max_length=64)]
    hash: Annotated[
        str, doc("SHA-256 of the token in hexadecimal.", pattern="^[0-9a-f]{64}$", examples=["e3b0c442…"])
    ]
    role: Annotated[RoleName, doc("Permissions of the token.")]
    expires: Annotated[datetime, doc("Date from which it is refused.", tz=True)] | None = None


class LoginThrottle(Struct, frozen=True, kw_only=True):
    """The waiting time of an address after failed logins."""

    enabled: Annotated[bool, doc("Make an address wait after failed logins.")] = True
    free_failures: Annotated[int, doc("Failed logins of an address without a waiting time.", ge=1)] = 5
    first_wait: Annotated[
        float, doc("Seconds to wait after the next failure, doubled with each further one.", gt=0)
    ] = 2.0
    longest_wait: Annotated[float, doc("Maximum seconds to wait.", gt=0)] = 300.0
    forget_after: Annotated[float, doc("Seconds without a failure until the count is reset.", gt=0)] = 3600.0


class TlsSettings(Struct, frozen=True, kw_only=True):
    """The files for https; a renewed certificate is loaded automatically."""

    certificate: Annotated[str, doc("File with the certificate and its chain (PEM).")] = ""
    key: Annotated[str, doc("File with the private key (PEM, without a password).")] = ""


class ApiServerSettings(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Serve API and dashboard.")] = False
    listen_ip_address: Annotated[
        str, doc("Address to listen on; any other than loopback refuses default secrets.")
    ] = "127.0.0.1"
    listen_port: Annotated[int, doc("Port to listen on; 0 for any free one.", ge=0, le=65535)] = 8080
    username: Annotated[str, doc("User name of the login.")] = ""
    password: Annotated[
        str, doc("Password of the login, or its argon2 hash from `appliance token hash-password`.")
    ] = ""
    jwt_secret_key: Annotated[str, doc("Secret that signs sessions; at least 32 characters.")] = ""
    ws_token: Annotated[
        str | tuple[str, ...],
        doc("Token, or list of tokens, for the websocket; access tokens and API tokens are accepted, too."),
    ] = ""
    tokens: Annotated[
        tuple[ApiToken, ...],
        doc(
            "API tokens, each with `name`, `hash`, `role` (viewer, operator, admin), optionally `expires`; "
            "`appliance token create` creates them."
        ),
    ] = ()
    login_throttle: Annotated[LoginThrottle, doc("Waiting times after failed logins.")] = field(
        default_factory=LoginThrottle
    )
    tls: Annotated[TlsSettings, doc("Serve https; a proxy in front of the bot is the better place.")] = field(
        default_factory=TlsSettings
    )
    metrics_token: Annotated[
        str, doc("Bearer token for /metrics; without one only this machine may read it.")
    ] = ""
    trusted_proxies: Annotated[
        tuple[str, ...],
        doc("Addresses or networks of proxies whose X-Forwarded-For is trusted, e.g. 127.0.0.1."),
    ] = ()
    CORS_origins: Annotated[
        tuple[str, ...], doc("Origins of other web pages (FreqUI) that may call the API.")
    ] = ()
    verbosity: Annotated[Literal["error", "info"], doc("Log every request (`info`) or none.")] = "error"
    start_page: Annotated[
        Literal["dashboard", "frequi"],
        doc(
            "What `/` shows: the dashboard, or FreqUI once `appliance install-ui` has installed it; the "
            "dashboard is then at `/dashboard/`. A change needs a restart."
        ),
    ] = "dashboard"
    enable_openapi: Annotated[bool, doc("Serve the API description at /docs.")] = False

    @property
    def has_tls(self) -> bool:
        """Whether the server speaks https."""
        return bool(self.tls.certificate or self.tls.key)

    @property
    def url(self) -> str:
        """The address of the dashboard on this machine."""
        address = self.listen_ip_address
        near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
        host = near.get(address, f"[{address}]" if ":" in address else address)
        return f"{'https' if self.has_tls else 'http'}://{host}:{self.listen_port}"

    @property
    def ws_tokens(self) -> tuple[str, ...]:
        """The websocket tokens that are not empty."""
        tokens = (self.ws_token,) if isinstance(self.ws_token, str) else self.ws_token
        return tuple(token for token in tokens if token)
