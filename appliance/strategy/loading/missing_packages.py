"""Name the package to install if a strategy imports a missing module."""

from importlib.machinery import PathFinder

_PACKAGES = {
    "Crypto": "pycryptodome",
    "PIL": "pillow",
    "binance": "python-binance",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "pandas_ta": "ft-pandas-ta",
    "pywt": "PyWavelets",
    "rapidjson": "python-rapidjson",
    "skopt": "scikit-optimize",
    "sklearn": "scikit-learn",
    "stable_baselines3": "stable-baselines3",
    "talib": "TA-Lib",
    "telegram": "python-telegram-bot",
    "websocket": "websocket-client",
    "yaml": "PyYAML",
} | {
    name: name
    for name in (
        *("arch", "arrow", "cachetools", "catboost", "ccxt", "colorama", "colorlog", "finta", "hmmlearn"),
        *("joblib", "keras", "lightgbm", "loguru", "matplotlib", "numba", "optuna", "plotly", "pmdarima"),
        *("prettytable", "prophet", "psutil", "py3cw", "pyarrow", "pykalman", "pytz", "requests", "schedule"),
        *("scipy", "seaborn", "simplejson", "smartmoneyconcepts", "sqlalchemy", "statsmodels", "ta"),
        *("tabulate", "technical", "tensorflow", "torch", "tqdm", "xgboost", "yfinance"),
    )
}
"""Modules that strategies import, and their packages. No other name is suggested for installation: a package
published under the name of a missing file would run its code beside the money."""


def missing_module(error: BaseException) -> str | None:
    """Return the top-level module whose absence made an import fail; None if it failed otherwise."""
    if not isinstance(error, ImportError) or not error.name or error.name.startswith("freqtrade"):
        return None
    module = error.name.partition(".")[0]
    if PathFinder.find_spec(module) is not None:
        return None  # the package is installed, but does not have the name
    # Without the package `technical`, its qtpylib is still available.
    return module if isinstance(error, ModuleNotFoundError) or module == "technical" else None


def missing_message(module: str) -> str:
    """Return one line for users: the package to install, or that no known package has the module."""
    package = _PACKAGES.get(module)
    if package is None:
        return (
            f"it needs the Python module '{module}', which was not found: it is either a file that belongs "
            "beside the strategy, or part of a package that is not installed"
        )
    command = f"appliance packages install {package}"
    return f"it needs the Python package '{package}', which is not installed: run `{command}`"
