"""The pages of the dashboard. Who adds a page adds it here, and every check of all pages has it."""

import os

ALL_PAGES = bool(os.environ.get("ALL_PAGES"))
"""Whether every page is looked at in a browser, which takes minutes: `make pages`."""

PAGES = {
    "overview": "/",
    "trades": "/trades",
    "trade": "/trades/1",
    "enter": "/enter?pair=SOL/USDT&stake=50",
    "exit all": "/exit",
    "exit": "/trades/1/exit?part=25",
    "cancel": "/trades/1/cancel",
    "delete": "/trades/1/delete",
    "reload": "/trades/1/reload",
    "lock": "/lock?pair=ETH/USDT",
    "unlock": "/locks/1/unlock",
    "blacklisting": "/blacklist/add",
    "removal": "/blacklist/remove?pattern=DOGE/USDT",
    "chart": "/chart?pair=ETH/USDT",
    "pairs": "/pairs",
    "pair": "/pairs/ETH/USDT",
    "performance": "/performance",
    "orders": "/orders",
    "order": "/orders/{order}",
    "logs": "/logs",
    "audit": "/audit",
    "bots": "/bots",
    "research": "/research",
    "backtest": "/research/backtest",
    "searches": "/research/searches",
    "analyses": "/research/analyses",
    "settings": "/settings",
    "file": "/settings/file",
    "parameters": "/settings/parameters",
    "notifications": "/settings/notifications",
    "tokens": "/settings/tokens",
    "backup": "/settings/backup",
    "security": "/settings/security",
}
"""Name -> address of a page. `{order}` stands for the id of an order that the journal has."""

OFTEN = ("overview", "trade", "enter", "chart", "pairs", "settings", "security")
"""The pages that every run of the tests looks at in a browser; `make pages` looks at all."""

NO_PAGES = {
    "/favicon.ico",
    "/login",
    "/manifest.webmanifest",
    "/service-worker.js",
    "/static/{name}",
    "/trades.csv",
    # research/scenarios/test_in_browser.py looks at these, with more in them than here.
    "/research/compare",
    "/research/data",
    "/research/jobs",
    "/research/lookahead",
    "/research/recursive",
    "/research/replay",
    "/research/results/{file}",
    "/research/results/{file}/report",
    "/research/results/{file}/zip",
    "/research/searches/{file}",
    "/research/searches/{file}/report",
    "/research/jobs/{jobid}",
    "/settings/file/difference",  # of an edit; scenarios of settings look at it
}
"""What is answered to GET outside the frame of the dashboard, besides the pieces below /dashboard/."""
