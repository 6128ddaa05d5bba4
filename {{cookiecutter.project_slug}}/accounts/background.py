"""Work that is done after the response, so that its duration reveals nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

import structlog
from django.conf import settings
from django.db import connections, transaction

log = structlog.get_logger(__name__)

# Threads start with the first piece of work, which is in the process that does it.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="background")


def run(work: Callable[[], None], *, threads: ThreadPoolExecutor | None = None) -> None:
    """Do `work` after the current transaction is committed; an exception is logged.

    With `settings.SEND_MAIL_IN_BACKGROUND` the caller does not wait for it. A process that exits
    normally finishes its work first.

    Args:
        work: takes no arguments and reads what it needs from the database itself.
        threads: the threads that do the work, if not those of this module.
    """
    transaction.on_commit(partial(_start, work, threads or _threads))


def _start(work: Callable[[], None], threads: ThreadPoolExecutor) -> None:
    if not settings.SEND_MAIL_IN_BACKGROUND:
        _finish(work)
        return
    try:
        threads.submit(copy_context().run, _finish_in_thread, work)
    except RuntimeError:
        # The process is exiting, and this is the end of other background work.
        _finish(work)


def _finish(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        log.exception("background_work_failed")


def _finish_in_thread(work: Callable[[], None]) -> None:
    _finish(work)
    # Returns the connection of this thread to the pool.
    connections.close_all()
