"""How fast are answers while a strategy computes? Asks `count` every 50 ms while 60 pairs are analysed.

python -m benchmarks.busy --seconds 150 --freqtrade /path/to/freqtrade
"""

import http.client
import json
import time
from base64 import b64encode

from benchmarks.contenders import (
    PASSWORD,
    USER,
    Running,
    arguments,
    binance_config,
    contenders,
    exchange,
    free_port,
    percentile,
    row,
    running,
    simulated_pairs,
)

PERIOD = 0.05


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument(
        "--every-cycle", action="store_true", help="analyse every pair in every cycle, not only new candles"
    )
    given = parser.parse_args()
    with exchange() as url:
        pairs = simulated_pairs(url, given.pairs)
        print(f"{len(pairs)} pairs, 1m candles; count every {PERIOD * 1000:g} ms for {given.seconds:g} s")
        for bot in contenders(given):
            config = binance_config(url, free_port(), pairs)
            with running(bot, config, timeframe="1m", only_new=not given.every_cycle) as program:
                program.until_trading()
                before = program.cpu_seconds()
                found = latencies(program, given.seconds)
                used = (program.cpu_seconds() - before) / given.seconds * 60
                figures = {
                    name: f"{percentile(found, share) * 1000:.1f} ms"
                    for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
                }
                row(bot.name, figures | {"CPU": f"{used:.1f} s/min"})


def latencies(program: Running, seconds: float) -> list[float]:
    """Ask over one kept connection; return how long each answer took, in seconds."""
    host = program.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    headers = {"Authorization": "Bearer " + token(program)}
    end = time.monotonic() + seconds
    found = []
    while (began := time.monotonic()) < end:
        connection.request("GET", "/api/v1/count", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        found.append(time.monotonic() - began)
        time.sleep(max(PERIOD - (time.monotonic() - began), 0))
    return found


def token(program: Running) -> str:
    """Log in and return an access token."""
    host = program.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    credentials = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    connection.request("POST", "/api/v1/token/login", headers={"Authorization": f"Basic {credentials}"})
    return str(json.loads(connection.getresponse().read())["access_token"])


if __name__ == "__main__":
    main()
