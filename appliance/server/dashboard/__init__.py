"""The dashboard: server-rendered pages, kept up to date by server-sent events."""

from appliance.server.dashboard.setup import setup

__all__ = ["setup"]
