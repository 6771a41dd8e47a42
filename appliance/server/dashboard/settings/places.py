"""List the pages of settings, and who may see which."""

from appliance.queries.roles import Role
from appliance.server.routing.routes import find_route

PLACES = (
    ("configuration", "settings", "Configuration"),
    ("file", "settings/file", "Edit the file"),
    ("parameters", "settings/parameters", "Strategy parameters"),
    ("notifications", "settings/notifications", "Notifications"),
    ("tokens", "settings/tokens", "API tokens"),
    ("security", "settings/security", "Security"),
    ("backup", "settings/backup", "Backup"),
)
"""Name (also of the route that states its role), address and title of each page, in their order."""
_FOR_ALL = "security"
"""Whoever is logged in sees sessions: at least their own."""


def least_role(place: str) -> Role:
    """Return the least role that may see a page of settings."""
    return Role.VIEWER if place == _FOR_ALL else find_route("GET", f"/settings/{place}").role


def settings_places(role: str) -> list[tuple[str, str, str]]:
    """Return the pages that a role may see."""
    return [place for place in PLACES if Role[role.upper()] >= least_role(place[0])]
