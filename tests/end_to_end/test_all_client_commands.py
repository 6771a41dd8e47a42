"""Every command of freqtrade's own client, from PyPI, succeeds against a bot that trades."""

import asyncio
import inspect
from typing import Any

from freqtrade_client import FtRestClient

from tests.support.running import PASSWORD, USER, free_port, running, simulated_config
from tests.support.scripted import QUIET

COMMANDS = {name for name, _ in inspect.getmembers(FtRestClient, callable) if name[0] != "_"}

TYPED = """
ping
version
show_config
sysinfo
health
logs limit=5
whitelist
blacklist
blacklist DOGE/USDT SHIB/.*
plot_config
strategy Quiet
pair_candles BTC/USDT 5m 10
forceenter BTC/USDT long order_type=market enter_tag=by_hand
forceenter ETH/USDT long order_type=market stake_amount=200
forceenter SOL/USDT long order_type=market
forcebuy XRP/USDT
status
count
trade 1
list_custom_data 1
list_open_trades_custom_data limit=5
balance
forceenter BTC/USDT long price=9000 order_type=limit
cancel_open_order 1
forceexit 1 market
forceexit 2 ordertype=market amount=0.01
trades limit=5 offset=0
profit
stats
performance
entries
entries BTC/USDT
exits
mix_tags
daily 3
weekly weeks=2
monthly
lock_add BTC/USDT 2099-01-31T16:00:00Z long rest
locks
delete_lock 1
delete_trade 3
stopbuy
start
stop
start
reload_config
"""
"""What traders type, in an order in which each finds something to act upon: four trades, entered in turn."""

WEBSERVER_MODE = """
strategies
available_pairs 5m
pairlists_available
pair_history BTC/USDT 5m Quiet timerange=20260101-
"""
"""What a bot that trades answers 503, as the contract says."""


REMEMBERS = """
    def order_filled(self, pair, trade, order, current_time, **kwargs):
        trade.set_custom_data("filled", order.ft_order_side)
"""


def lines(typed: str) -> list[str]:
    return typed.strip().splitlines()


class Terminal:
    """Carry out what is typed as `freqtrade-client` does: every argument is text."""

    def __init__(self, url: str) -> None:
        self._client = FtRestClient(url, USER, PASSWORD, timeout=30)
        self._client._session.hooks["response"].append(self._note)
        self._status = 0

    def type(self, line: str) -> tuple[int, Any]:
        """Return status and body of the answer."""
        command, *words = line.split()
        named = dict(word.split("=") for word in words if "=" in word)
        self._status = 0
        answer = getattr(self._client, command)(*(word for word in words if "=" not in word), **named)
        return self._status, answer

    def type_all(self, typed: str) -> dict[str, tuple[int, Any]]:
        return {line: self.type(line) for line in lines(typed)}

    def _note(self, response: Any, **_: Any) -> None:
        self._status = response.status_code


def test_no_command_is_left_out():
    assert {line.split()[0] for line in lines(TYPED) + lines(WEBSERVER_MODE)} == COMMANDS


async def test_every_command_succeeds(tmp_path):
    (tmp_path / "quiet.py").write_text(QUIET.replace("-0.1", "-0.9") + REMEMBERS)
    config = simulated_config(free_port(), db_url=f"sqlite:///{tmp_path}/trades.sqlite")
    config["exchange"]["simulated"]["speed"] = 1
    config["position_adjustment_enable"] = True  # for an order that stands beside a position, to be cancelled
    flags = ("--strategy", "Quiet", "--strategy-path", str(tmp_path))
    async with running(tmp_path, config, *flags) as program:
        terminal = Terminal(program.url)
        answers = await asyncio.to_thread(terminal.type_all, TYPED)
        elsewhere = await asyncio.to_thread(terminal.type_all, WEBSERVER_MODE)
    failed = {line: told for line, told in answers.items() if told[0] != 200 or told[1] is None}
    assert failed == {}
    assert {line: told[0] for line, told in elsewhere.items()} == dict.fromkeys(lines(WEBSERVER_MODE), 503)
    assert answers["list_custom_data 1"][1][0]["custom_data"][0]["value"] == "buy"
    assert answers["count"][1]["current"] == 4
    assert answers["trades limit=5 offset=0"][1]["total_trades"] == 1
    assert "rest" in {lock["reason"] for lock in answers["locks"][1]["locks"]}
