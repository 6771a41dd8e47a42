"""Values that somebody sends by mistake or on purpose: each made of a random number generator alone."""

import gzip
import json
from random import Random
from typing import Any
from urllib.parse import quote

from tests.fuzzing.bots import PAIRS

TEXTS = (
    "", " ", "\0", "\ufeff", "\x1b[31m", "é", "😀", "\u202egnp", "\ud800", "²", "٣", "%", "%00", "%zz", "..",
    "/", "\\",
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "a\r\nX-Injected: yes", "a\nERROR forged", "{{ 7 * 7 }}",
    "{0.__class__}",
    "<script>alert(1)</script>", "'; DROP TABLE trades; --", '"', "'", "null", "true", "all", "None",
        "undefined", "NaN",
    "1e309", "-1", "0", "1", "1.0", "0x10", "1_000", "1970-01-01", "2099-12-31T23:59:59Z", "9999-99-99",
    "10000-01-01",
    "*", "**", ".*", "(", "[", "(?", "a{99999}", "(a+)+$", "(.*)*#", "([A-Z/]+)+#", "(?P<x>.)(?P=x)", "\\",
        "BTC/.*",
    "BTC/USDT", "btc/usdt", "BTC/USDT:USDT", "BTC", "/USDT", "NOPE/USDT", "ETH/USDT\0", "5m", "1h", "7s",
    "0m",
)  # fmt: skip
NUMBERS = (
    0, 1, 2, 3, -1, 7, 100, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 10**400, 0.1, -0.0,
        1e-308, 1e308,
    float("inf"), float("-inf"), float("nan"), 253402300800, 1e18,
)  # fmt: skip
FITTING: dict[str, tuple[Any, ...]] = {
    "pair": PAIRS, "blacklist": ([PAIRS[3]], ["NOPE/.*"], [*PAIRS]), "pairs_to_delete": PAIRS, "tradeid": (1,
        2, "3", "all"),
    "trade_id": (1, 2, 3), "lockid": (1, 2), "timeframe": ("5m", "1h"), "strategy": ("SampleStrategy",),
        "side": ("long", "short"),
    "price": (1, 100.5, None), "stakeamount": (10, 100, None), "ordertype": ("market", "limit"),
        "amount": (0.001, 1, None),
    "entry_tag": ("by hand",), "leverage": (1, 3.0), "until": ("2099-01-01T00:00:00Z",),
        "reason": ("because",),
    "limit": (1, 10, 500), "offset": (0, 1), "timescale": (1, 7, 30), "columns": ([], ["rsi"]),
        "direction": ("long", "short"),
    "outcome": ("adopt", "never_sent", "rejected"), "client_order_id": ("x-1",), "state": ("filled",
        "unknown"), "page": ("1", "2"),
}  # fmt: skip


def text(random: Random) -> str:
    """Return a text, sometimes a long one or two in one."""
    one = random.choice(TEXTS)
    return random.choice((one, one, one, one + random.choice(TEXTS), one * random.choice((3, 200, 3000))))


def scalar(random: Random) -> Any:
    return random.choice((text(random), random.choice(NUMBERS), None, True, False))


def anything(random: Random, depth: int = 3) -> Any:
    """Return whatever JSON can hold."""
    kind = random.random()
    if depth == 0 or kind < 0.6:
        return scalar(random)
    if kind < 0.8:
        return [anything(random, depth - 1) for _ in range(random.choice((0, 1, 2, 20)))]
    return {text(random): anything(random, depth - 1) for _ in range(random.choice((0, 1, 3)))}


def value_of(random: Random, name: str) -> Any:
    """Return a value for the field of that name: mostly one that fits."""
    if name in FITTING and random.random() < 0.7:
        return random.choice(FITTING[name])
    return anything(random)


def escaped(random: Random, value: Any) -> str:
    """Write a value into an address, its special characters escaped, or not all of them."""
    written = value if isinstance(value, str) else json.dumps(value)
    safe = random.choice(("", "", "/", "/:*()[]"))
    return quote(written.encode("utf-8", "surrogatepass"), safe=safe)


def encoded(random: Random, value: Any) -> bytes:
    """Write JSON, and sometimes what is almost JSON."""
    written = json.dumps(value, ensure_ascii=random.random() < 0.8).encode("utf-8", "surrogatepass")
    return _spoilt(random, written) if random.random() < 0.15 else written


def _spoilt(random: Random, written: bytes) -> bytes:
    depth = random.choice((20, 900, 5_000, 100_000))
    opening = random.choice((b"[", b'{"a":'))
    return random.choice(
        (
            lambda: written[: len(written) // 2],
            lambda: written + written,
            lambda: b"\xef\xbb\xbf" + written,
            lambda: written.replace(b'"', b"\xff"),
            lambda: opening * depth,
            lambda: b"[" * depth + b"1" + b"]" * depth,
            lambda: b'{"pair":' + b"[" * depth + b"1" + b"]" * depth + b"}",
            lambda: b'"' + b"x" * random.choice((10_000, 200_000, 1_200_000)) + b'"',
            lambda: b"[" + b"0," * random.choice((10_000, 300_000)) + b"0]",
            lambda: gzip.compress(written),
            lambda: random.randbytes(random.choice((1, 100, 5000))),
            lambda: b"",
        )
    )()
