"""Importing one exchange of ccxt alone: in a fresh interpreter, since modules stay imported."""

import subprocess
import sys

from appliance.exchange.ccxt_import import known_names


def in_fresh_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_only_the_wanted_exchange_is_imported():
    code = """
import sys
from appliance.exchange.ccxt_import import exchange_class
cls = exchange_class("binance")
assert cls.__name__ == "binance" and cls.__module__ == "ccxt.async_support.binance"
others = ("ccxt.kraken", "ccxt.async_support.okx", "ccxt.abstract.bybit", "ccxt.binance")
print([name for name in others if name in sys.modules])
"""
    assert in_fresh_python(code) == "[]"


def test_a_strategy_still_finds_the_whole_of_ccxt():
    code = """
from appliance.exchange.ccxt_import import exchange_class
ours = exchange_class("binanceusdm")
import ccxt
import ccxt.async_support
from ccxt import NetworkError, kraken
from ccxt.async_support import okx
import ccxt.pro
assert isinstance(ccxt.async_support.binance, type) and ccxt.async_support.binanceusdm is ours
assert issubclass(ccxt.RequestTimeout, NetworkError) and "binance" in ccxt.exchanges
assert isinstance(ccxt.binance, type) and ccxt.__version__ and isinstance(ccxt.pro.binance, type)
assert not hasattr(ccxt, "no_such_thing")
print("found")
"""
    assert in_fresh_python(code) == "found"


def test_a_second_exchange_comes_alone_too():
    code = """
import sys
from appliance.exchange.ccxt_import import exchange_class
exchange_class("binance"), exchange_class("kraken")
print("ccxt.async_support.okx" in sys.modules)
"""
    assert in_fresh_python(code) == "False"


def test_the_whole_is_imported_where_one_alone_fails():
    code = """
import sys
from appliance.exchange import ccxt_import
def broken(package):
    raise ImportError("ccxt has changed")
ccxt_import._postpone = broken
print(ccxt_import.exchange_class("binance").__name__, "ccxt.async_support.okx" in sys.modules)
"""
    assert in_fresh_python(code) == "binance True"


def test_every_exchange_can_be_listed_without_importing_ccxt():
    code = """
import sys
from appliance.exchange.ccxt_import import known_names
names = known_names()
assert "ccxt" not in sys.modules
import ccxt.async_support
print(sorted(set(ccxt.async_support.exchanges) ^ set(names)))
"""
    assert in_fresh_python(code) == "[]"
    assert {"binance", "kraken", "okx"} <= set(known_names())
