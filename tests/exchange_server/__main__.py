"""Run the exchange alone: `python -m tests.exchange_server --port 8790 --speed 60`."""

import argparse
import json

from aiohttp import web

from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server.app import ccxt_urls, exchange_app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.exchange_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0)
    chosen = parser.parse_args()
    config = {"urls": ccxt_urls(f"http://{chosen.host}:{chosen.port}"), "enableRateLimit": False}
    print(json.dumps({"ccxt_config": config}), flush=True)
    market = SimulatedMarket(seed=chosen.seed, speed=chosen.speed)
    web.run_app(exchange_app(market), host=chosen.host, port=chosen.port, access_log=None)


if __name__ == "__main__":
    main()
