"""Resolve imports of `freqtrade.…` to modules of this program."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_COMPAT = "appliance.strategy.compat"
_EMPTY = f"{_COMPAT}.package"

_ENUMS = (
    *("candletype", "exitchecktuple", "exittype", "marginmode", "marketstatetype", "ordertypevalue"),
    *("pricetype", "rpcmessagetype", "runmode", "signaltype", "state", "tradingmode"),
)

_FREQTRADE: dict[str, str] = {
    "": _EMPTY,
    "configuration": f"{_COMPAT}.configuration",
    "configuration.timerange": f"{_COMPAT}.configuration",
    "constants": f"{_COMPAT}.constants",
    "data": _EMPTY,
    "data.converter": f"{_COMPAT}.converter",
    "data.converter.converter": f"{_COMPAT}.converter",
    "data.history": f"{_COMPAT}.history",
    "data.metrics": f"{_COMPAT}.metrics",
    "data.dataprovider": "appliance.strategy.data_provider",
    "enums": f"{_COMPAT}.enums",
    **{f"enums.{name}": f"{_COMPAT}.enums" for name in _ENUMS},
    "exceptions": f"{_COMPAT}.exceptions",
    "exchange": f"{_COMPAT}.exchange",
    "exchange.exchange_utils": f"{_COMPAT}.exchange",
    "exchange.exchange_utils_timeframe": f"{_COMPAT}.exchange",
    "ft_types": f"{_COMPAT}.annotations",
    "loggers": f"{_COMPAT}.loggers",
    "misc": f"{_COMPAT}.misc",
    "optimize": _EMPTY,
    "optimize.hyperopt": f"{_COMPAT}.hyperopt",
    "optimize.hyperopt.hyperopt_interface": f"{_COMPAT}.hyperopt",
    "optimize.hyperopt_loss": _EMPTY,
    "optimize.hyperopt_loss.hyperopt_loss_interface": f"{_COMPAT}.hyperopt",
    "optimize.space": f"{_COMPAT}.space",
    "optimize.space.decimalspace": f"{_COMPAT}.space",
    "optimize.space.optunaspaces": f"{_COMPAT}.space",
    "persistence": f"{_COMPAT}.persistence",
    "persistence.custom_data": f"{_COMPAT}.persistence",
    "persistence.models": f"{_COMPAT}.persistence",
    "persistence.pairlock": f"{_COMPAT}.persistence",
    "persistence.pairlock_middleware": f"{_COMPAT}.persistence",
    "persistence.trade_model": f"{_COMPAT}.persistence",
    "resolvers": "appliance.strategy.loading.strategy_resolver",
    "resolvers.strategy_resolver": "appliance.strategy.loading.strategy_resolver",
    "state": f"{_COMPAT}.enums",
    "strategy": f"{_COMPAT}.strategy",
    "strategy.hyper": f"{_COMPAT}.strategy",
    "strategy.informative_decorator": f"{_COMPAT}.strategy",
    "strategy.interface": f"{_COMPAT}.strategy",
    "strategy.parameters": f"{_COMPAT}.strategy",
    "strategy.strategy_helper": f"{_COMPAT}.strategy",
    "util": f"{_COMPAT}.util",
    "util.datetime_helpers": f"{_COMPAT}.util",
    "util.formatters": f"{_COMPAT}.util",
    "vendor": _EMPTY,
    "vendor.qtpylib": _EMPTY,
    "vendor.qtpylib.indicators": f"{_COMPAT}.qtpylib",
    "wallets": f"{_COMPAT}.wallets",
}
_TECHNICAL: dict[str, str] = {
    "": _EMPTY,
    "qtpylib": f"{_COMPAT}.qtpylib",
    "vendor": _EMPTY,
    "vendor.qtpylib": _EMPTY,
    "vendor.qtpylib.indicators": f"{_COMPAT}.qtpylib",
}
"""The part of the package `technical` that replaces qtpylib; used only if the package is not installed."""


class Finder(MetaPathFinder):
    """Resolve every name below the given packages; names without a module do not exist."""

    def __init__(self, packages: dict[str, dict[str, str]]) -> None:
        self.packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, rest = fullname.partition(".")
        names = self.packages.get(package)
        if names is None:
            return None
        ours = names.get(rest)
        if ours is None and package == "freqtrade":
            raise ModuleNotFoundError(f"'{fullname}' is not available to strategies here", name=fullname)
        return ModuleSpec(fullname, Alias(ours), is_package=True) if ours else None


class Alias(Loader):
    """Fill a module with the public names of another one."""

    def __init__(self, ours: str) -> None:
        self._ours = ours

    def exec_module(self, module: ModuleType) -> None:
        source = import_module(self._ours)
        names = getattr(source, "__all__", None) or [n for n in vars(source) if not n.startswith("_")]
        module.__dict__.update({name: getattr(source, name) for name in names})
        module.__doc__ = source.__doc__


def install() -> None:
    """Resolve imports of `freqtrade.…` in this process. Call again after packages were (un)installed."""
    packages = {"freqtrade": _FREQTRADE}
    if PathFinder.find_spec("technical") is None:
        packages["technical"] = _TECHNICAL
    installed = next((finder for finder in sys.meta_path if isinstance(finder, Finder)), None)
    if installed is not None and installed.packages == packages:
        return
    for name in [n for n in sys.modules if n.partition(".")[0] in ("freqtrade", "technical")]:
        del sys.modules[name]
    sys.meta_path[:] = [Finder(packages), *(finder for finder in sys.meta_path if finder is not installed)]


def known_names() -> list[str]:
    """Return every module name below `freqtrade` that strategies can import here."""
    return [f"freqtrade.{name}".rstrip(".") for name in _FREQTRADE]
