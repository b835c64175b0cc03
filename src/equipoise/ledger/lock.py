"""The head lock: one writer at a time, first come, first served.

SQLite's own waiting is unfair (seconds for the unlucky one), so writers queue on a lock file beside the database and
only the first in the queue opens its transaction. The kernel frees the lock of a process that dies. PostgreSQL's
advisory lock queues fairly and ends with the transaction.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from equipoise.kernel.errors import LedgerError


@contextmanager
def writing() -> Iterator[None]:
    """Hold the head of the chain inside one durable transaction. Raises LedgerError where it cannot be had."""
    try:
        if connection.vendor == "sqlite":
            with _queue(f"{connection.settings_dict['NAME']}.lock"), transaction.atomic(durable=True):
                yield
        else:
            with transaction.atomic(durable=True):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('equipoise.ledger'))")
                yield
    except OperationalError as error:
        raise LedgerError(f"The record cannot be written now: {str(error).splitlines()[0]}.") from error


@contextmanager
def _queue(path: str) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LedgerError(f"The record cannot be written now: {path}: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
