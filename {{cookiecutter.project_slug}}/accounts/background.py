"""Work done after the response, so that response times do not depend on it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

import structlog
from django.conf import settings
from django.db import connections, transaction
from django.utils import translation

log = structlog.get_logger(__name__)

# Threads start with the first piece of work, so each worker process starts its own.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="background")


def run(work: Callable[[], None], *, threads: ThreadPoolExecutor | None = None) -> None:
    """Do `work` after the current transaction is committed, and log its exceptions.

    If `settings.SEND_MAIL_IN_BACKGROUND` is true, the caller does not wait. The work has the
    language of the caller. A process that exits normally finishes its work first.

    Args:
        work: a function without arguments that reads its data from the database.
        threads: the threads that do the work; by default, those of this module.
    """
    transaction.on_commit(partial(_start, work, threads or _threads))


def _start(work: Callable[[], None], threads: ThreadPoolExecutor) -> None:
    if not settings.SEND_MAIL_IN_BACKGROUND:
        _finish(work)
        return
    try:
        # asgiref hides values of other threads, so the context holds no language.
        language = translation.get_language()
        threads.submit(copy_context().run, _finish_in_thread, work, language)
    except RuntimeError:
        # The process is exiting and its threads accept no more work.
        _finish(work)


def _finish(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        log.exception("background_work_failed")


def _finish_in_thread(work: Callable[[], None], language: str) -> None:
    with translation.override(language):
        _finish(work)
    # Returns the connection of this thread to the pool.
    connections.close_all()
