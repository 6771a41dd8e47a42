"""The server must answer before anything heavy is imported."""

import subprocess
import sys

HEAVY = (
    "pandas",
    "numpy",
    "ccxt",
    "talib",
    "jinja2",
    "psutil",
    "orjson",
    "jwt",
    "cryptography",
    "argon2",
    "sqlite3",
)


def test_the_application_needs_nothing_heavy():
    program = "import sys, appliance.server.app, appliance.server.listening.listener"
    code = f"{program}; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
