"""What tests of the dashboard's security have in common."""

from aiohttp import ClientResponse

from appliance.server.dashboard.access import PASSWORD_FIELD
from appliance.server.dashboard.app_state import DASHBOARD
from tests.server.dashboard.conftest import Visitor


def pass_time(visitor: Visitor, seconds: float) -> None:
    """Let that many seconds pass for the dashboard."""
    dashboard = visitor.client.app[DASHBOARD]
    clock = dashboard.clock
    dashboard.clock = lambda: clock() + seconds


async def exit_all(visitor: Visitor, password: str = "", **headers: str) -> ClientResponse:
    """Exit all trades, with a password if one is given, as htmx does."""
    confirming = {PASSWORD_FIELD: password} if password else {}
    return await visitor.send(
        "/dashboard/force_exit", {"HX-Request": "true", **headers}, trade="all", **confirming
    )
