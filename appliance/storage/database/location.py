"""Read the path of a database from the url in the configuration."""

from pathlib import Path

from appliance.domain.errors import ConfigurationError

_PREFIX = "sqlite:///"
_IN_MEMORY = ("sqlite://", "sqlite:///:memory:")


def database_path(url: str) -> Path | None:
    """Return the file that `url` names; None for a database in memory.

    `sqlite:///name` is relative to the working folder, `sqlite:////name` absolute (the form of SQLAlchemy).
    Raises ConfigurationError naming the key `db_url`; it shows only the scheme of other urls, since those may
    contain passwords.
    """
    if url in _IN_MEMORY:
        return None
    text = url.removeprefix(_PREFIX)
    if text == url:
        scheme = url.partition(":")[0] if ":" in url else "no scheme"
        raise ConfigurationError(f"db_url: expected sqlite:///<file> or sqlite://, found '{scheme}'")
    if not text or text.endswith("/"):
        raise ConfigurationError(
            f"db_url: expected sqlite:///<file>, found '{url}' without a file (sqlite:// keeps all in memory)"
        )
    if "?" in text or text.startswith("file:"):
        raise ConfigurationError(f"db_url: expected sqlite:///<file> without options, found '{url}'")
    return Path(text).expanduser()
