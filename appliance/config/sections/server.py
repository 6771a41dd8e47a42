"""The REST and websocket server with its dashboard."""

from typing import Annotated, Literal

from msgspec import Struct

from appliance.config.documented import doc


class ApiServerSettings(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Serve API and dashboard.")] = False
    listen_ip_address: Annotated[
        str, doc("Address to listen on; other than loopback needs good secrets.")
    ] = "127.0.0.1"
    listen_port: Annotated[int, doc("Port to listen on; 0 takes any free one.", ge=0, le=65535)] = 8080
    username: Annotated[str, doc("Name to log in with.")] = ""
    password: Annotated[str, doc("Password to log in with.")] = ""
    jwt_secret_key: Annotated[str, doc("Secret that signs sessions; at least 32 characters.")] = ""
    ws_token: Annotated[str | tuple[str, ...], doc("Token, or list of tokens, for the websocket.")] = ""
    CORS_origins: Annotated[
        tuple[str, ...], doc("Origins of web pages elsewhere (FreqUI) that may call the API.")
    ] = ()
    verbosity: Annotated[Literal["error", "info"], doc("Log failed requests only, or every one.")] = "error"
    enable_openapi: Annotated[bool, doc("Serve the API's description at /docs.")] = False

    @property
    def ws_tokens(self) -> tuple[str, ...]:
        """The websocket tokens that are not empty."""
        tokens = (self.ws_token,) if isinstance(self.ws_token, str) else self.ws_token
        return tuple(token for token in tokens if token)
