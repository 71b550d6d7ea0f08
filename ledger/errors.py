"""The one error class of the ledger."""

from functools import partial
from typing import Any


class LedgerError(Exception):
    """Something could not be recorded or proved. `code` is stable, `permanent` tells whether a retry can help.

    Codes: not-recorded (the database is away or full), tampered (the log contradicts itself or what was signed),
    not-erased (only what an erased tenant left can be dropped or receipted).
    """

    def __init__(self, code: str, message: str, *, permanent: bool) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.permanent = permanent

    def __reduce__(self) -> tuple[Any, ...]:
        """Let Celery carry it from a task as what it is: pickle would call the class with the one text of `args`."""
        return partial(LedgerError, permanent=self.permanent), (self.code, self.message)
