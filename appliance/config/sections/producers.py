"""Other bots whose whitelists and analysed candles this one listens to."""

from typing import Annotated

from msgspec import Struct

from appliance.config.documented import doc


class Producer(Struct, frozen=True, kw_only=True):
    name: Annotated[str, doc('What strategies and pair lists call it; "default" is who they mean unnamed.')]
    host: Annotated[str, doc("Its address or host name.", min_length=1)]
    port: Annotated[int, doc("Port of its API.", ge=0, le=65535)] = 8080
    secure: Annotated[bool, doc("Speak TLS with it.")] = False
    ws_token: Annotated[str, doc("Token for its websocket.")]


class ProducersSettings(Struct, frozen=True, kw_only=True):
    enabled: Annotated[bool, doc("Listen to other bots.")] = False
    producers: Annotated[
        tuple[Producer, ...],
        doc(
            "The bots, each with `name`, `host`, `port`, `secure` and `ws_token`; freqtrade's or appliance's."
        ),
    ] = ()
    wait_timeout: Annotated[
        float, doc("Seconds of silence after which a bot is asked whether it is there.", gt=0)
    ] = 30
    ping_timeout: Annotated[float, doc("Seconds that it may take to answer.", gt=0)] = 10
    sleep_time: Annotated[float, doc("Seconds before connecting again.", gt=0)] = 10
    remove_entry_exit_signals: Annotated[
        bool, doc("Take entry and exit signals out of the frames that come in.")
    ] = False
    initial_candle_limit: Annotated[
        int, doc("Candles of each pair to ask for when connected.", ge=1, le=1500)
    ] = 1500
    message_size_limit: Annotated[float, doc("Largest message in megabytes.", gt=0, le=100)] = 8
    frames_size_limit: Annotated[
        float,
        doc("Memory in megabytes for the candles of all bots together; beyond, no more are taken.", gt=0),
    ] = 200
