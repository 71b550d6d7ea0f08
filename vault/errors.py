"""The one error class of the vault. Its message never holds plaintext or key material."""

from functools import partial
from typing import Any

from django.db import OperationalError

from ledger.errors import LedgerError


class VaultError(Exception):
    """Something could not be sealed or opened. `code` is stable, `permanent` tells whether a retry can help."""

    def __init__(self, code: str, message: str, *, permanent: bool = True) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.permanent = permanent

    def __reduce__(self) -> tuple[Any, ...]:
        """Let Celery carry it from a task as what it is: pickle would call the class with the one text of `args`."""
        return partial(VaultError, permanent=self.permanent), (self.code, self.message)


def is_away(error: Exception) -> bool:
    """Tell whether something failed only because a database or the unsealer is away: a later try may succeed."""
    return isinstance(error, OperationalError) or (isinstance(error, VaultError | LedgerError) and not error.permanent)
