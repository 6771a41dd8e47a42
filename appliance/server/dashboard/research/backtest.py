"""Start a backtest by a form."""

from typing import Any

from aiohttp import web

from appliance.queries.research import backtest
from appliance.queries.workbench import Workbench
from appliance.server.dashboard.research import fields as read
from appliance.server.dashboard.research.bench import research_of
from appliance.server.dashboard.research.frame import Fields, research_page, running, showing
from appliance.server.dashboard.session import Session


@showing
async def show_form(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show the form; the query can fill it in."""
    return await _form(request, session, bench, request.query, "", 200)


async def _form(
    request: web.Request, session: Session, bench: Workbench, given: Fields, notice: str, status: int
) -> web.Response:
    content = {
        "given": given,
        "is_new": not given,
        "strategies": await research_of(request).choices.strategies(bench),
        "settings": bench.loaded.settings,
        "series": await research_of(request).choices.series(bench),
    }
    return await research_page(
        request, session, "results", "backtest", content,
        heading="New backtest", notice=notice, is_live=False, closes_to="research/backtest", status=status,
    )  # fmt: skip


@running("POST", "/backtest", _form)
async def start(bench: Workbench, fields: Fields) -> str:
    """Start a backtest, and go to its job."""
    job = backtest.begin(bench, settings_in(fields))
    return f"/research/jobs/{job.id}"


def settings_in(fields: Fields) -> dict[str, Any]:
    """Return the settings that a form changes, by dotted key path. Raises BadRequest."""
    stake = fields.get("stake", "").strip()
    is_unlimited = stake == "unlimited"
    settings: dict[str, Any] = {
        "strategy": read.strategy(fields),
        "enable_protections": "protections" in fields,
        "timeframe": read.timeframe(fields, "timeframe", "Candles"),
        "timeframe_detail": read.timeframe(fields, "detail", "Detail candles"),
        "timerange": read.timerange(fields),
        "stake_amount": "unlimited" if is_unlimited else read.number(fields, "stake", "Stake"),
        "dry_run_wallet": read.number(fields, "wallet", "Wallet"),
        "max_open_trades": read.number(fields, "most", "Open trades", least=-1),
        "fee": read.number(fields, "fee", "Fee", factor=0.01),
        "exchange.pair_whitelist": read.names(fields, "pairs") or None,
        "backtest_realism.slippage": read.number(fields, "slippage", "Slippage", factor=0.01),
        "backtest_realism.spread": read.number(fields, "spread", "Spread", factor=0.01),
        "backtest_realism.volume_cap": read.number(fields, "volume", "Volume cap", factor=0.01),
        "backtest_realism.gaps_through_stops": True if "gaps" in fields else None,
        "backtest_notes": fields.get("notes", "")[:10_000] or None,
        "backtest_cache": "none" if "anew" in fields else None,
    }
    if settings["exchange.pair_whitelist"]:
        settings["pairlists"] = [{"method": "StaticPairList"}]
    return settings
