"""Run the exchange alone: `python -m tests.exchange_server --port 8790 --speed 60`."""

import argparse
import json
from decimal import Decimal
from pathlib import Path

import msgspec
from aiohttp import web

from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server.app import ccxt_urls, exchange_app
from tests.exchange_server.clock import Clock
from tests.exchange_server.engine.exchange import Exchange
from tests.exchange_server.engine.more_pairs import list_more_pairs
from tests.exchange_server.faults import Fault, Faults, storm
from tests.exchange_server.settings import KEY, SECRET, ServerSettings


def main() -> None:
    chosen = _parser().parse_args()
    settings = ServerSettings(
        keys=dict(chosen.keys or [(KEY, SECRET)]),
        balance=dict(chosen.balance or [("USDT", Decimal(10_000))]),
        commission=chosen.commission,
        liquidity=chosen.liquidity,
        most_pieces=chosen.pieces,
        answer=chosen.answer,
        lag_ms=chosen.lag_ms,
        trades_lag_ms=chosen.trades_lag_ms,
        late_fills_ms=chosen.late_fills_ms,
        late_share=chosen.late_share,
        late_balances=chosen.late_balances,
        seed=chosen.seed,
        weight_limit=chosen.weight_limit,
        latency_ms=chosen.latency_ms,
    )
    list_more_pairs(chosen.more_pairs)
    clock = Clock()
    market = SimulatedMarket(seed=chosen.seed, speed=chosen.speed, clock=clock)
    app = exchange_app(Exchange(market, settings), clock, planned=Faults(chosen.faults, seed=chosen.seed))
    config = {"urls": ccxt_urls(f"http://{chosen.host}:{chosen.port}"), "enableRateLimit": False}
    print(json.dumps({"ccxt_config": config}), flush=True)
    web.run_app(
        app,
        host=chosen.host,
        port=chosen.port,
        access_log=None,
        print=None,
        shutdown_timeout=0.5,
        handler_cancellation=True,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.exchange_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0, help="minutes of movement in one minute")
    parser.add_argument("--keys", type=_key, action="append", metavar="KEY:SECRET")
    parser.add_argument("--balance", type=_amount, action="append", metavar="ASSET=AMOUNT")
    parser.add_argument("--commission", choices=("received", "quote", "base", "BNB"), default="received")
    parser.add_argument("--liquidity", type=float, default=1.0, help="share of the book that is offered")
    parser.add_argument("--pieces", type=int, default=1, help="in how many trades an order may fill")
    parser.add_argument("--answer", choices=("", "ACK", "RESULT", "FULL"), default="", help="to new orders")
    parser.add_argument("--lag-ms", type=int, default=0, help="how far behind questions for orders are")
    parser.add_argument("--trades-lag-ms", type=int, default=0, help="how far behind the list of trades is")
    parser.add_argument(
        "--late-fills-ms",
        type=_span,
        metavar="MIN-MAX",
        help="when fills of what rests are told",
    )
    parser.add_argument("--late-share", type=float, default=1.0, help="of how many orders, as a ratio")
    parser.add_argument("--late-balances", action="store_true", help="balances are told late with the fills")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="how long every answer takes besides")
    parser.add_argument("--more-pairs", type=int, default=0, help="how many invented pairs to list besides")
    parser.add_argument("--weight-limit", type=int, default=6000, help="request weight a minute")
    parser.add_argument(
        "--faults", type=_faults, default=[], help='a file with a list of rules, the list itself, or "storm"'
    )
    return parser


def _key(text: str) -> tuple[str, str]:
    key, colon, secret = text.partition(":")
    if not (key and colon and secret):
        raise argparse.ArgumentTypeError("expected KEY:SECRET")
    return key, secret


def _amount(text: str) -> tuple[str, Decimal]:
    asset, equals, amount = text.partition("=")
    if not (asset and equals and amount.replace(".", "", 1).isdigit()):
        raise argparse.ArgumentTypeError("expected ASSET=AMOUNT, such as USDT=10000")
    return asset, Decimal(amount)


def _span(text: str) -> tuple[int, int]:
    least, dash, most = text.partition("-")
    if not (dash and least.isdigit() and most.isdigit() and int(least) <= int(most)):
        raise argparse.ArgumentTypeError("expected MIN-MAX in ms, such as 1000-60000")
    return int(least), int(most)


def _faults(text: str) -> list[Fault]:
    if text == "storm":
        return storm()
    written = text if text.lstrip().startswith("[") else Path(text).read_text()
    try:
        return msgspec.json.decode(written, type=list[Fault])
    except msgspec.DecodeError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    main()
