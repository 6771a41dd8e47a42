"""Load a strategy from another one, as with `freqtrade.resolvers`."""

from pathlib import Path
from typing import Any

from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.loader import load_strategy, search_folders


class StrategyResolver:
    """Load strategies by name."""

    @staticmethod
    def load_strategy(config: dict[str, Any]) -> IStrategy:
        """Load the strategy that `config["strategy"]` names; it has no `dp` and `wallets` yet.

        Raises StrategyNotFound or StrategyError.
        """
        extra = config.get("strategy_path")
        user_folder = config.get("user_data_dir")
        folders = search_folders(
            Path(user_folder) if user_folder else None,
            Path(extra).expanduser() if extra else None,
            recursive=bool(config.get("recursive_strategy_search")),
        )
        return load_strategy(str(config.get("strategy") or ""), dirs=folders, config=config)


__all__ = ["StrategyResolver"]
