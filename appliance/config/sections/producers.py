"""Producers: other bots whose whitelists and analysed candles this bot receives."""

from typing import Annotated

from msgspec import Struct

from appliance.config.documented import doc


class Producer(Struct, frozen=True, kw_only=True):
    name: Annotated[str, doc('Name in strategies and pair lists; "default" is used if they give none.')]
    host: Annotated[str, doc("Address or host name.", min_length=1)]
    port: Annotated[int, doc("Port of its API.", ge=0, le=65535)] = 8080
    secure: Annotated[bool, doc("Connect with TLS.")] = False
    ws_token: Annotated[str, doc("Token of its websocket.")]


class ProducersSettings(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Receive candles from other bots.")] = False
    producers: Annotated[
        tuple[Producer, ...],
        doc("The bots, each with `name`, `host`, `port`, `secure` and `ws_token`; freqtrade or appliance."),
    ] = ()
    wait_timeout: Annotated[float, doc("Seconds without a message until a bot is pinged.", gt=0)] = 30
    ping_timeout: Annotated[float, doc("Seconds to wait for the answer to a ping.", gt=0)] = 10
    sleep_time: Annotated[float, doc("Seconds until a new attempt to connect.", gt=0)] = 10
    remove_entry_exit_signals: Annotated[
        bool, doc("Remove entry and exit signals from received dataframes.")
    ] = False
    initial_candle_limit: Annotated[
        int, doc("Candles of each pair to request after connecting.", ge=1, le=1500)
    ] = 1500
    message_size_limit: Annotated[float, doc("Maximum size of a message in megabytes.", gt=0, le=100)] = 8
    frames_size_limit: Annotated[
        float,
        doc("Maximum memory in megabytes for the candles of all bots; candles beyond it are dropped.", gt=0),
    ] = 200
