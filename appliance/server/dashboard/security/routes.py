"""List the addresses of the page about logins."""

from aiohttp import web

from appliance.server.dashboard.security import page

ROUTES = (
    web.get("/settings/security", page.show_security),
    web.post("/settings/security/sessions/end_others", page.end_others),
    web.post("/settings/security/sessions/{mark:[0-9a-f]+}/end", page.end_session),
)
