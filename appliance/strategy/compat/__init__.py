"""Answer the import names that strategies written for freqtrade use with what this program offers.

The real freqtrade takes no part, even where it is installed: once a strategy is loaded, every `freqtrade.…`
import of this process ends here.
"""

from appliance.strategy.compat.finder import install, known_names

__all__ = ["install", "known_names"]
