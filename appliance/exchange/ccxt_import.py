"""Import the one exchange in use from ccxt, not all hundred of them.

`import ccxt.async_support` runs two `__init__` files that import every exchange, twice (`ccxt.pro`, which has
the streams, a third time). Here these packages are put into `sys.modules` with their `__init__` not yet run,
then only the wanted module is imported (ccxt 4.5.90, binance: 20 MB and 0.2 s instead of 69 MB and 0.5 s; its
streams: 1 MB more). A request for anything else of a package, from a strategy say, runs its `__init__` then,
and finds all that ccxt has. Should this fail, the whole of ccxt is imported.
"""

import importlib
import importlib.util
import logging
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

logger = logging.getLogger(__name__)

_PACKAGES = ("ccxt", "ccxt.async_support")
_STREAMING = "ccxt.pro"
_ANSWERED_BY_INIT = ("__all__", "__version__")
_BASES = ("ccxt.base.errors", "ccxt.base.exchange")
"""Where ccxt's own inner modules find what they import from `ccxt`: errors, and the class `Exchange`."""


def known_names() -> list[str]:
    """Return the names of all exchanges that ccxt's asynchronous part has, without importing it."""
    spec = importlib.util.find_spec("ccxt")
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = (file for folder in folders for file in (Path(folder) / "async_support").glob("*.py"))
    return sorted(file.stem for file in files if file.stem != "__init__")


def exchange_class(name: str) -> type[Any]:
    """Return ccxt's asynchronous class of this exchange. It reads files: not for the event loop."""
    try:
        return _alone(name)
    except (ImportError, AttributeError, TypeError) as error:
        logger.warning("Importing %s alone failed (%s); importing the whole of ccxt.", name, error)
        _forget()
    cls: type[Any] = getattr(importlib.import_module("ccxt.async_support"), name)
    return cls


def streaming_class(name: str) -> type[Any] | None:
    """Return ccxt's streaming class of this exchange, imported alone too; None where it has none.

    It reads files: not for the event loop.
    """
    exchange_class(name)  # its base class
    if importlib.util.find_spec(_STREAMING) is None:
        return None
    if _STREAMING not in sys.modules:
        _postpone(_STREAMING)
    try:
        module = importlib.import_module(f"{_STREAMING}.{name}")
    except ModuleNotFoundError:
        return None
    _show_classes(sys.modules[_STREAMING])
    cls: type[Any] = getattr(module, name)
    return cls


def _alone(name: str) -> type[Any]:
    for package in _PACKAGES:
        if package not in sys.modules:
            _postpone(package)
    module = importlib.import_module(f"ccxt.async_support.{name}")
    _show_classes(sys.modules["ccxt.async_support"])
    cls: type[Any] = getattr(module, name)
    return cls


def _postpone(package: str) -> None:
    """Put a package into `sys.modules` whose `__init__` runs when first a name of it is missing."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.loader is None:
        raise ImportError(f"no package {package}")
    module, loader = importlib.util.module_from_spec(spec), spec.loader

    def run_init(wanted: str) -> object:
        if wanted.startswith("__") and wanted not in _ANSWERED_BY_INIT:
            raise AttributeError(f"module {package!r} has no attribute {wanted!r}")
        if package == "ccxt" and (found := _in_bases(wanted)) is not None:
            return found
        vars(module).pop("__getattr__", None)
        loader.exec_module(module)
        return getattr(module, wanted)

    vars(module)["__getattr__"] = run_init
    sys.modules[package] = module
    parent, _, child = package.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


def _in_bases(wanted: str) -> type | None:
    """Return the class of this name that one of the base modules defines, None where none does."""
    for base in _BASES:
        found = getattr(importlib.import_module(base), wanted, None)
        if isinstance(found, type) and found.__module__ == base:
            return found
    return None


def _show_classes(package: ModuleType) -> None:
    """Make `ccxt.async_support.binance` the class, as ccxt's own `__init__` does, and not the module."""
    for name, module in list(vars(package).items()):
        if isinstance(module, ModuleType) and isinstance(getattr(module, name, None), type):
            setattr(package, name, getattr(module, name))


def _forget() -> None:
    for name in [name for name in sys.modules if name == "ccxt" or name.startswith("ccxt.")]:
        del sys.modules[name]
