"""Research by the server: backtests, downloads and analyses that clients start."""

from typing import Annotated

from msgspec import Struct

from appliance.config.documented import doc


class ResearchSettings(Struct, frozen=True, kw_only=True):
    """What the endpoints of webserver mode may do, and use."""

    beside_bot: Annotated[
        bool, doc("Answer the endpoints of webserver mode beside a trading bot, too (from its next start).")
    ] = False
    job_seconds: Annotated[float, doc("Seconds after which a job is stopped.", gt=0)] = 14_400.0
    job_memory_mb: Annotated[
        int,
        doc("Memory of each process of a job in MiB; 0 for three quarters of the machine's memory.", ge=0),
    ] = 0
    job_nice: Annotated[
        int, doc("By how much the processes of jobs make way for the bot, as with `nice`.", ge=0, le=19)
    ] = 10
