"""List every endpoint: the one table from which the API is served and documented."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from appliance.queries import (
    account,
    audit,
    blacklist,
    commands,
    custom_data,
    decisions,
    info,
    locks,
    markets,
    orders,
    pairs,
    performance,
    strategy,
    trades,
)
from appliance.queries.commands import Command
from appliance.queries.research import (
    analyses,
    background,
    backtest,
    backtest_history,
    charts,
    jobs,
    lists,
    replay,
)
from appliance.queries.research.analyses import LookaheadAnalysisResponse, RecursiveAnalysisResponse
from appliance.queries.research.backtest import BacktestResponse
from appliance.queries.research.backtest_history import BacktestMarketChange
from appliance.queries.research.jobs import WhitelistEvaluateResponse
from appliance.queries.research.lists import (
    ExchangeListResponse,
    HyperoptLossListResponse,
    StrategyListResponse,
)
from appliance.queries.research.replay import ReplayResponse
from appliance.queries.roles import Role
from appliance.queries.settings import backups, configuration, files, notifications, parameters, tokens
from appliance.reports.views.candles import PairHistory
from appliance.reports.views.closed_trade import TradesPage
from appliance.reports.views.markets import MarketResponse
from appliance.reports.views.strategy import StrategyResponse
from appliance.reports.views.trade import OpenTradeView
from appliance.reports.views.wallet_history import WalletHistoryResponse
from appliance.server.resources import messages, session
from appliance.server.routing.endpoint import endpoint
from appliance.server.routing.route import Method, Route

API = "/api/v1"

INFO = ("Trading", "Trading-info")
TRADES = ("Trading", "Trades")
CONTROL = ("Trading", "Bot-control")
CANDLES = ("Trading", "Candle data")
JOBS = ("Webserver",)
BACKTEST = ("Backtest",)


def get(path: str, function: Callable[..., Any], *tags: str, role: Role = Role.VIEWER, **more: Any) -> Route:
    """Return a route that reads."""
    return Route(method="GET", path=path, function=function, tags=tags, role=role, **more)


def login(path: str, function: Callable[..., Any]) -> Route:
    """Return a route that checks credentials itself."""
    return Route(method="POST", path=path, function=function, tags=("Auth",), role=Role.VIEWER, public=True)


def command(method: Method, path: str, given: Command, *tags: str) -> Route:
    """Return a route by which `given` is commanded."""
    return Route(
        method=method,
        path=path,
        function=given.function,
        tags=tags,
        role=given.role,
        is_command=True,
        protective=given.protective,
        moves_money=given.moves_money,
    )


ROUTES: tuple[Route, ...] = (
    login("/token/login", session.login),
    login("/token/refresh", session.refresh),
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
    command("DELETE", "/trades/{tradeid}", commands.DELETE_TRADE, *TRADES),
    command("DELETE", "/trades/{tradeid}/open-order", commands.CANCEL_OPEN_ORDER, *TRADES),
    command("POST", "/trades/{tradeid}/reload", commands.RELOAD_TRADE, *TRADES),
    get("/trades/open/custom-data", custom_data.of_open_trades, *TRADES),
    get("/trades/{trade_id}/custom-data", custom_data.of_trade, *TRADES),
    get("/orders", orders.orders, "Orders"),
    get("/orders/{client_order_id}", orders.order, "Orders"),
    get("/orders/{client_order_id}/evidence", orders.evidence, "Orders", role=Role.OPERATOR),
    command("POST", "/orders/{client_order_id}/settle", commands.RESOLVE_ORDER, "Orders"),
    get("/audit", audit.audit, "Audit", role=Role.ADMIN),
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
    get("/decisions", decisions.read_decisions, *INFO, "Decisions"),
    get("/locks", locks.locks, *INFO, "Locks"),
    command("POST", "/locks", commands.ADD_LOCKS, "Trading", "Locks"),
    command("POST", "/locks/delete", commands.DELETE_LOCKS, "Trading", "Locks"),
    command("DELETE", "/locks/{lockid}", commands.DELETE_LOCK, "Trading", "Locks"),
    get("/whitelist", pairs.whitelist, *INFO, "Pairlist"),
    get("/blacklist", blacklist.blacklist, *INFO, "Pairlist"),
    command("POST", "/blacklist", commands.ADD_TO_BLACKLIST, "Trading", "Pairlist"),
    command("DELETE", "/blacklist", commands.REMOVE_FROM_BLACKLIST, "Trading", "Pairlist"),
    get("/markets", markets.markets, "Candle data", answer=MarketResponse),
    get("/plot_config", strategy.plot_config, "Candle data", answer=dict[str, Any]),
    get("/strategy/{strategy}", strategy.strategy, "Strategy", answer=StrategyResponse),
    get("/pair_candles", pairs.pair_candles, *CANDLES, answer=PairHistory),
    Route(
        method="POST",
        path="/pair_candles",
        function=pairs.chosen_pair_candles,
        tags=CANDLES,
        role=Role.VIEWER,
        answer=PairHistory,
    ),
    command("POST", "/start", commands.START, *CONTROL),
    command("POST", "/stop", commands.STOP, *CONTROL),
    command("POST", "/pause", commands.PAUSE, *CONTROL),
    command("POST", "/stopbuy", commands.PAUSE, *CONTROL),
    command("POST", "/stopentry", commands.PAUSE, *CONTROL),
    command("POST", "/reload_config", commands.RELOAD_CONFIG, *CONTROL),
    command("POST", "/forceenter", commands.FORCE_ENTER, *TRADES),
    command("POST", "/forcebuy", commands.FORCE_ENTER, *TRADES),
    command("POST", "/forceexit", commands.FORCE_EXIT, *TRADES),
    command("POST", "/forcesell", commands.FORCE_EXIT, *TRADES),
    get("/strategies", lists.strategies, *JOBS, "Strategy", answer=StrategyListResponse),
    get("/exchanges", lists.exchanges, *JOBS, answer=ExchangeListResponse),
    get("/hyperoptloss", lists.hyperopt_losses, *JOBS, "Hyperopt", answer=HyperoptLossListResponse),
    get("/freqaimodels", lists.freqai_models, *JOBS, "FreqAI"),
    get("/available_pairs", lists.available_pairs, *JOBS, "Candle data", "Download-data"),
    get("/pair_history", charts.pair_history, "Candle data", answer=PairHistory),
    Route(
        method="POST",
        path="/pair_history",
        function=charts.chosen_pair_history,
        tags=("Candle data",),
        role=Role.VIEWER,
        answer=PairHistory,
    ),
    get("/pairlists/available", lists.pair_lists, *JOBS, "Pairlists"),
    command("POST", "/pairlists/evaluate", commands.EVALUATE_PAIR_LISTS, *JOBS, "Pairlists"),
    get(
        "/pairlists/evaluate/{jobid}",
        jobs.evaluated_pair_lists,
        *(*JOBS, "Pairlists"),
        answer=WhitelistEvaluateResponse,
    ),
    command("POST", "/download_data", commands.DOWNLOAD_DATA, "Download-data", *JOBS),
    get("/background", background.background, *JOBS),
    command("DELETE", "/background/clear", commands.REMOVE_ENDED_JOBS, *JOBS),
    get("/background/{jobid}", background.background_job, *JOBS),
    command("DELETE", "/background/{jobid}", commands.REMOVE_JOB, *JOBS),
    command("POST", "/lookahead_analysis", commands.START_LOOKAHEAD_ANALYSIS, *JOBS, "Lookahead Analysis"),
    get(
        "/lookahead_analysis/{jobid}",
        analyses.lookahead_analysis,
        *(*JOBS, "Lookahead Analysis"),
        answer=LookaheadAnalysisResponse,
    ),
    command("POST", "/recursive_analysis", commands.START_RECURSIVE_ANALYSIS, *JOBS, "Recursive Analysis"),
    get(
        "/recursive_analysis/{jobid}",
        analyses.recursive_analysis,
        *(*JOBS, "Recursive Analysis"),
        answer=RecursiveAnalysisResponse,
    ),
    get("/backtest", backtest.backtest, *BACKTEST, answer=BacktestResponse),
    command("POST", "/backtest", commands.START_BACKTEST, *BACKTEST),
    command("DELETE", "/backtest", commands.RESET_BACKTEST, *BACKTEST),
    command("GET", "/backtest/abort", commands.ABORT_BACKTEST, *BACKTEST),
    get("/replay", replay.replay, *BACKTEST, answer=ReplayResponse),
    command("POST", "/replay", commands.START_REPLAY, *BACKTEST),
    get("/backtest/history", backtest_history.history, *BACKTEST),
    get("/backtest/history/result", backtest_history.history_result, *BACKTEST, answer=BacktestResponse),
    command("PATCH", "/backtest/history/{file}", commands.ANNOTATE_RESULT, *BACKTEST),
    command("DELETE", "/backtest/history/{file}", commands.REMOVE_RESULT, *BACKTEST),
    get(
        "/backtest/history/{file}/market_change",
        backtest_history.market_change,
        *BACKTEST,
        answer=BacktestMarketChange,
    ),
    get(
        "/backtest/history/{file}/{strategy}/wallet",
        backtest_history.wallet,
        *("Backtest", "webserver", "backtest"),
        answer=WalletHistoryResponse,
    ),
)

PAGE_ROUTES: tuple[Route, ...] = (
    command("POST", "/research/jobs/{jobid}/abort", commands.ABORT_JOB),
    get("/research/results/{file}/zip", backtest_history.history_result, role=Role.OPERATOR),
    get("/settings/configuration", configuration.configuration, role=Role.OPERATOR),
    get("/settings/file", files.configuration_files, role=Role.ADMIN),
    command("POST", "/settings/file", commands.SAVE_CONFIGURATION),
    get("/settings/tokens", tokens.tokens, role=Role.ADMIN),
    command("POST", "/settings/tokens", commands.CREATE_TOKEN),
    command("POST", "/settings/tokens/revoke", commands.REVOKE_TOKEN),
    get("/settings/notifications", notifications.notifications, role=Role.OPERATOR),
    command("POST", "/settings/notifications", commands.TEST_SERVICE),
    get("/settings/backup", backups.backups, role=Role.ADMIN),
    command("POST", "/settings/backup", commands.MAKE_BACKUP),
    command("POST", "/settings/backup/download", commands.DOWNLOAD_BACKUP),
    get("/settings/parameters", parameters.parameters),
    command("POST", "/bots", commands.ADD_BOT),
    command("POST", "/bots/{id}/remove", commands.REMOVE_BOT),
    command("POST", "/plots", commands.SAVE_PLOT_CONFIG),
    command("POST", "/plots/remove", commands.REMOVE_PLOT_CONFIG),
)
"""What only pages of the dashboard show and command; the API has no endpoints for it."""

UI_VERSION = get("/ui_version", info.ui_version, "Info", public=True)
"""The one that clients ask for beside the API, at the root."""

_BY_NAME = {(route.method, route.path): route for route in (*ROUTES, *PAGE_ROUTES)}


def find_route(method: Method, path: str) -> Route:
    """Return the route of `path` below /api/v1, or of a page. Raises KeyError if there is none."""
    return _BY_NAME[method, path]


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
