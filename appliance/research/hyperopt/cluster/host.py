"""Evaluate epochs on a machine of a cluster: a process that prepares a search once, and forks for each epoch.

`python -m appliance.research.hyperopt.cluster.host FOLDER` prepares the bundle in the folder, writes a line
to standard output once it is ready, or why it is not, and answers at a socket in the folder until its
standard input ends.
"""

import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.errors import ApplianceError
from appliance.research.hyperopt.cluster.bundle import subject_in
from appliance.research.hyperopt.evaluation import attempt

if TYPE_CHECKING:
    from appliance.research.hyperopt.subject import Subject

SOCKET = "socket"


def main() -> None:
    """Prepare, and serve until nobody needs it; the folder is gone then."""
    folder = Path(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # its parent ends it
    try:
        subject = subject_in(folder)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder / SOCKET))
            listener.listen(64)
            _say({"ready": True})
            _serve(subject, listener)
    except ApplianceError as error:
        _say({"error": str(error)})
        sys.exit(error.exit_status)
    except BrokenPipeError:  # its parent was killed meanwhile
        sys.exit(1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _serve(subject: "Subject", listener: socket.socket) -> None:
    gc.freeze()  # searching what is there now would copy it into each child
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are nobody's to wait for
    waiting = selectors.DefaultSelector()
    waiting.register(listener, selectors.EVENT_READ)
    waiting.register(sys.stdin, selectors.EVENT_READ)
    while True:
        ready = [key.fileobj for key, _ in waiting.select()]
        if sys.stdin in ready and not os.read(sys.stdin.fileno(), 64):
            return
        if listener in ready:
            asked, _ = listener.accept()
            if os.fork() == 0:
                _answer(subject, Connection(asked.detach()))
            asked.close()


def _answer(subject: "Subject", asked: Connection) -> None:
    """Evaluate one epoch in this process, and end it."""
    try:
        number, params = asked.recv()
        try:
            asked.send(attempt(subject, number, params))
        except ApplianceError as error:
            asked.send(error)
    finally:
        os._exit(0)  # nothing of the parent is to be closed here


if __name__ == "__main__":
    main()
