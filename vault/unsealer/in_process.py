"""The unsealer in this very process: keys and all. For development, tests and the operator's commands."""

from collections.abc import Callable, Sequence

from ledger.append import append_leaves
from ledger.leaves import Entry
from vault.keyring import Keyring
from vault.unsealer.dispatch import answer
from vault.unsealer.messages import Request
from vault.unsealer.session import Session


class InProcess:
    """Answers requests on the spot."""

    def __init__(self, keyring: Keyring) -> None:
        self._session = Session(keyring, append)

    def call(self, request: Request) -> object:
        return answer(self._session, request)


def append(entries: Sequence[Entry], check: Callable[[], None] | None) -> None:
    append_leaves(entries, check=check)
