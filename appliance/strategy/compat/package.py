"""Be a package that has nothing of its own."""

from appliance import __version__

__all__ = ["__version__"]
