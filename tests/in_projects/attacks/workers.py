"""Servers with several worker processes."""

import signal
import time

from tests.attacks.server import Server


def restart_workers(server: Server) -> None:
    """Replace every worker process, and wait until the new ones respond."""
    assert server.process is not None
    started = server.log().count("Booting worker")
    server.process.send_signal(signal.SIGHUP)
    while server.log().count("Booting worker") < started + server.workers:
        time.sleep(0.05)
    server.wait_until_ready(server.process)
