"""Say what to install where a strategy imports what is not there."""

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
"""What strategies import, and the packages that it comes with. No other name is proposed for installation:
whoever publishes a package called like a file that is missing would have its code run beside the money."""


def missing_module(error: BaseException) -> str | None:
    """Return the top-level module for want of which an import failed; None if it failed otherwise."""
    if not isinstance(error, ImportError) or not error.name or error.name.startswith("freqtrade"):
        return None
    module = error.name.partition(".")[0]
    if PathFinder.find_spec(module) is not None:
        return None  # the package is there, and lacks something
    # Where `technical` is not installed, its part that is qtpylib is offered all the same.
    return module if isinstance(error, ModuleNotFoundError) or module == "technical" else None


def what_is_missing(module: str) -> str:
    """Return one line for people: the package to install, or that no known one has the module."""
    package = _PACKAGES.get(module)
    if package is None:
        return (
            f"it needs the Python module '{module}', which is not there: it may be a file that belongs "
            "beside the strategy, or come with a package"
        )
    command = f"appliance packages install {package}"
    return f"it needs the Python package '{package}', which is not installed; `{command}` does that"
