"""The dashboard of a server in webserver mode, on a folder with results, and people with each role."""

import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from yarl import URL

from appliance.config.api_tokens import hash_of
from appliance.queries.roles import Role
from tests.server.dashboard.conftest import Visitor
from tests.support.research.backtests import Workspace
from tests.support.research.webserver import webserver
from tests.support.serving import PASSWORD, USER

TOKENS = {Role.VIEWER: "apl_of-a-viewer", Role.OPERATOR: "apl_of-an-operator"}
NAME = "backtest-result-2026-11-0{}_10-00-00"
REPORT = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;none&#39;; \
style-src &#39;unsafe-inline&#39;; img-src data:; base-uri &#39;none&#39;; form-action &#39;none&#39;">
</head><body>A report</body></html>
"""

Enter = Callable[..., Awaitable[Visitor]]


class Served:
    """A server in webserver mode, and browsers before it."""

    def __init__(self, api: Any, workspace: Workspace) -> None:
        self.api = api
        self.app = api.app
        self.workspace = workspace
        self.results = workspace.folder / "backtest_results"
        self._clients: list[Any] = []

    async def enter(self, role: Role = Role.ADMIN) -> Visitor:
        client: Any = _Client(self.api.url, self.app)
        self._clients.append(client)
        visitor = Visitor(client)
        login = (USER, PASSWORD) if role is Role.ADMIN else ("", TOKENS[role])
        assert (await visitor.log_in(*login)).status == 303
        return visitor

    async def close(self) -> None:
        for client in self._clients:
            await client.session.close()


class _Client:
    """Ask a server that runs already, keeping cookies as a browser does."""

    def __init__(self, url: str, app: Any) -> None:
        self.app, self._url = app, url
        self.session = ClientSession(cookie_jar=CookieJar(unsafe=True))

    def make_url(self, path: str) -> URL:
        return URL(self._url + path, encoded=True)

    async def get(self, path: str, **more: Any) -> Any:
        return await self.session.get(self.make_url(path), **more)

    async def post(self, path: str, **more: Any) -> Any:
        return await self.session.post(self.make_url(path), **more)


Serve = Callable[..., AbstractAsyncContextManager[Served]]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Return what serves a workspace; settings are by dotted key path."""

    @asynccontextmanager
    async def serving(**settings: Any) -> AsyncIterator[Served]:
        workspace = Workspace(tmp_path / "user_data")
        (workspace.folder / "backtest_results").mkdir()
        tokens = [
            {"name": role.word, "hash": hash_of(text), "role": role.word} for role, text in TOKENS.items()
        ]
        async with webserver(workspace, **{"api_server.tokens": tokens, **settings}) as api:
            served = Served(api, workspace)
            try:
                yield served
            finally:
                await served.close()

    return serving


@pytest.fixture
async def served(serve: Serve) -> AsyncIterator[Served]:
    async with serve() as served:
        yield served


def store(folder: Path, number: int, strategy: str = "Mine", notes: str = "", **stated: Any) -> str:
    """Write a result as freqtrade does, as small as it can be, and return its name."""
    name = NAME.format(number)
    trades = [
        {
            "pair": "BTC/USDT",
            "profit_abs": 10.0 * number,
            "close_timestamp": 1751400000000,
            "fee_open": 0.001,
        },
        {"pair": "BTC/USDT", "profit_abs": -5.0, "close_timestamp": 1751500000000, "fee_open": 0.001},
    ]
    of_strategy = {
        "total_trades": 2,
        "wins": 1,
        "profit_total_abs": 10.0 * number - 5,
        "profit_total": (10.0 * number - 5) / 1000,
        "starting_balance": 1000.0,
        "final_balance": 1000 + 10.0 * number - 5,
        "max_drawdown_account": 0.0049,
        "max_drawdown_abs": 5.0,
        "sharpe": 1.5,
        "stake_currency": "USDT",
        "timeframe": "5m",
        "backtest_start_ts": 1751328000000,
        "backtest_end_ts": 1751587200000,
        "results_per_pair": [{"key": "BTC/USDT", "trades": 2, "wins": 1, "profit_total_abs": 5.0}],
        "trades": trades,
        **stated,
    }
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as file:
        file.writestr(f"{name}.json", json.dumps({"strategy": {strategy: of_strategy}}))
    metadata = {"run_id": "a1", "backtest_start_time": 1764583200 + number, "timeframe": "5m", "notes": notes}
    (folder / f"{name}.meta.json").write_text(json.dumps({strategy: metadata}))
    return name
