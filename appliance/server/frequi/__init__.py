"""FreqUI, where its user has installed a release: served beside the dashboard, or in its place."""

from appliance.server.frequi.routes import add_frequi

__all__ = ["add_frequi"]
