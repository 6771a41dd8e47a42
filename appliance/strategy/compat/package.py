"""Stand for packages without names of their own."""

from appliance import __version__

__all__ = ["__version__"]
