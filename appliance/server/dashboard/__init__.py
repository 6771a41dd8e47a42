"""The dashboard: pages rendered here, kept up to date over one stream, needing no download."""

from appliance.server.dashboard.setup import setup

__all__ = ["setup"]
