"""List every endpoint: the one table that serving and documentation are made from."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from appliance.domain.errors import WrongMode
from appliance.queries import (
    account,
    audit,
    blacklist,
    control,
    custom_data,
    info,
    locks,
    markets,
    orders,
    pairs,
    performance,
    strategy,
    trades,
)
from appliance.reports.views.candles import PairHistory
from appliance.reports.views.closed_trade import TradesPage
from appliance.reports.views.trade import OpenTradeView
from appliance.server.resources import messages, session
from appliance.server.routing.endpoint import Method, Route, endpoint

API = "/api/v1"

INFO = ("Trading", "Trading-info")
TRADES = ("Trading", "Trades")
CONTROL = ("Trading", "Bot-control")
CANDLES = ("Trading", "Candle data")


def get(path: str, function: Callable[..., Any], *tags: str, **more: Any) -> Route:
    return Route(method="GET", path=path, function=function, tags=tags, **more)


def post(path: str, function: Callable[..., Any], *tags: str, **more: Any) -> Route:
    return Route(method="POST", path=path, function=function, tags=tags, **more)


def delete(path: str, function: Callable[..., Any], *tags: str, **more: Any) -> Route:
    return Route(method="DELETE", path=path, function=function, tags=tags, **more)


ROUTES: tuple[Route, ...] = (
    post("/token/login", session.login, "Auth", public=True),
    post("/token/refresh", session.refresh, "Auth", public=True),
    get("/ping", info.ping, "Info", public=True),
    get("/version", info.version, "Info"),
    get("/health", info.health, "Info"),
    get("/logs", info.logs, "Info"),
    get("/sysinfo", info.sysinfo, "Info"),
    get("/show_config", info.show_config, "Info"),
    get("/status", trades.status, *INFO, answer=list[OpenTradeView]),
    get("/count", trades.count, *INFO),
    get("/trades", trades.trades, *INFO, "Trades", answer=TradesPage),
    get("/trade/{tradeid}", trades.trade, *TRADES),
    delete("/trades/{tradeid}", trades.delete_trade, *TRADES),
    delete("/trades/{tradeid}/open-order", trades.cancel_open_order, *TRADES),
    post("/trades/{tradeid}/reload", trades.reload_trade, *TRADES),
    get("/trades/open/custom-data", custom_data.of_open_trades, *TRADES),
    get("/trades/{trade_id}/custom-data", custom_data.of_trade, *TRADES),
    get("/orders", orders.orders, "Orders"),
    get("/orders/{client_order_id}", orders.order, "Orders"),
    get("/orders/{client_order_id}/evidence", orders.evidence, "Orders"),
    post("/orders/{client_order_id}/settle", orders.settle, "Orders"),
    get("/audit", audit.audit, "Audit"),
    get("/balance", account.balance, *INFO),
    get("/historic_balance", account.historic_balance, "Trading", "info"),
    get("/profit", account.profit, *INFO),
    get("/profit_all", account.profit_all, *INFO),
    get("/performance", performance.performance, *INFO),
    get("/entries", performance.entries, *INFO),
    get("/exits", performance.exits, *INFO),
    get("/mix_tags", performance.mix_tags, *INFO),
    get("/stats", performance.stats, *INFO),
    get("/daily", performance.daily, *INFO),
    get("/weekly", performance.weekly, *INFO),
    get("/monthly", performance.monthly, *INFO),
    get("/edge", account.edge, *INFO),
    get("/locks", locks.locks, *INFO, "Locks"),
    post("/locks", locks.add_locks, "Trading", "Locks"),
    post("/locks/delete", locks.delete_locks, "Trading", "Locks"),
    delete("/locks/{lockid}", locks.delete_lock, "Trading", "Locks"),
    get("/whitelist", pairs.whitelist, *INFO, "Pairlist"),
    get("/blacklist", blacklist.blacklist, *INFO, "Pairlist"),
    post("/blacklist", blacklist.add_to_blacklist, "Trading", "Pairlist"),
    delete("/blacklist", blacklist.take_off_blacklist, "Trading", "Pairlist"),
    get("/markets", markets.markets, "Candle data"),
    get("/plot_config", strategy.plot_config, "Candle data"),
    get("/strategy/{strategy}", strategy.strategy, "Strategy"),
    get("/pair_candles", pairs.pair_candles, *CANDLES, answer=PairHistory),
    post("/pair_candles", pairs.chosen_pair_candles, *CANDLES, answer=PairHistory),
    post("/start", control.start, *CONTROL),
    post("/stop", control.stop, *CONTROL),
    post("/pause", control.pause, *CONTROL),
    post("/stopbuy", control.pause, *CONTROL),
    post("/stopentry", control.pause, *CONTROL),
    post("/reload_config", control.reload_config, *CONTROL),
    post("/forceenter", control.force_enter, *TRADES),
    post("/forcebuy", control.force_enter, *TRADES),
    post("/forceexit", control.force_exit, *TRADES),
    post("/forcesell", control.force_exit, *TRADES),
)

UI_VERSION = get("/ui_version", info.ui_version, "Info", public=True)
"""The one that clients ask for beside the API, at the root."""

WEBSERVER_ONLY: tuple[tuple[Method, str], ...] = (
    ("GET", "/available_pairs"),
    ("GET", "/background"),
    ("DELETE", "/background/clear"),
    ("GET", "/background/{jobid}"),
    ("DELETE", "/background/{jobid}"),
    ("GET", "/backtest"),
    ("POST", "/backtest"),
    ("DELETE", "/backtest"),
    ("GET", "/backtest/abort"),
    ("GET", "/backtest/history"),
    ("GET", "/backtest/history/result"),
    ("PATCH", "/backtest/history/{file}"),
    ("DELETE", "/backtest/history/{file}"),
    ("GET", "/backtest/history/{file}/market_change"),
    ("GET", "/backtest/history/{file}/{strategy}/wallet"),
    ("POST", "/download_data"),
    ("GET", "/exchanges"),
    ("GET", "/freqaimodels"),
    ("GET", "/hyperoptloss"),
    ("POST", "/lookahead_analysis"),
    ("GET", "/lookahead_analysis/{jobid}"),
    ("GET", "/pair_history"),
    ("POST", "/pair_history"),
    ("GET", "/pairlists/available"),
    ("POST", "/pairlists/evaluate"),
    ("GET", "/pairlists/evaluate/{jobid}"),
    ("POST", "/recursive_analysis"),
    ("GET", "/recursive_analysis/{jobid}"),
    ("GET", "/strategies"),
)


def other_mode() -> None:
    """Refuse what only a bot in webserver mode does."""
    raise WrongMode("This needs webserver mode; this bot trades")


def add_routes(app: web.Application) -> None:
    """Put all endpoints into the application; whatever answers GET answers HEAD too."""
    for route in ROUTES:
        handler = endpoint(route)
        app.router.add_route(route.method, API + route.path, handler)
        if route.method == "GET":
            app.router.add_route("HEAD", API + route.path, handler)
    app.router.add_route("GET", API + "/message/ws", messages.listen)
    for method in ("GET", "HEAD"):
        app.router.add_route(method, UI_VERSION.path, endpoint(UI_VERSION))
    for method, path in WEBSERVER_ONLY:
        route = Route(method=method, path=path, function=other_mode, tags=("Webserver",))
        app.router.add_route(method, API + path, endpoint(route))
