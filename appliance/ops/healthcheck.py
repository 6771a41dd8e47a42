"""Check the health of the bot in this container: `python3 -m appliance.ops.healthcheck`, 0 if healthy.

It imports nothing of the bot, since it runs every 30 seconds.
"""

import http.client
import os
import ssl
import sys

_PORT = "APPLIANCE__API_SERVER__LISTEN_PORT"
_ANSWER_SECONDS = 4.0


def status_of(port: int) -> int:
    """Return the HTTP status of `/livez` on this machine, with TLS if the bot serves https.

    Raises OSError or HTTPException if there is no answer.
    """
    try:
        return _ask(http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS))
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException):
        # The connection stays on this machine, and the certificate is for another name: it is not verified.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return _ask(http.client.HTTPSConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS, context=context))


def _ask(connection: http.client.HTTPConnection) -> int:
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status
    finally:
        connection.close()


def main() -> int:
    """Return 0 if the bot is healthy, else 1 with the reason on standard error."""
    try:
        status = status_of(int(os.environ.get(_PORT) or 8080))
    except (OSError, http.client.HTTPException, ValueError) as error:
        sys.stderr.write(f"no answer: {error}\n")
        return 1
    if status != http.client.OK:
        sys.stderr.write(f"/livez answers {status}\n")
    return 0 if status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
