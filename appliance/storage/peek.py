"""Look into a database before it is opened: does it have trades that must be looked after?"""

import contextlib
import sqlite3

from appliance.domain.errors import ConfigurationError
from appliance.storage.location import database_path


def count_open_trades(url: str) -> int:
    """Return how many trades are open in the database at `url`; 0 where that cannot be read.

    It only reads, waits for nobody, and blocks for a moment.
    """
    try:
        path = database_path(url)
    except ConfigurationError:
        return 0
    if path is None or not path.is_file():
        return 0
    with contextlib.suppress(sqlite3.Error, OSError):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=1.0)
        with contextlib.closing(connection):
            [(count,)] = connection.execute("SELECT count(*) FROM trades WHERE is_open = 1")
            return int(count)
    return 0
