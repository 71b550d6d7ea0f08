"""The unsealer in this very process: keys and all. For development, tests and the operator's commands."""

import threading
from collections.abc import Callable, Sequence

from ledger.append import append_leaves
from ledger.leaves import Entry
from ledger.pen import Pen
from vault.keyring import Keyring
from vault.unsealer.dispatch import answer
from vault.unsealer.messages import Request
from vault.unsealer.session import Session


class InProcess:
    """Answers requests on the spot. A thread has a session of its own, as it has a connection over the socket."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._local = threading.local()

    def call(self, request: Request) -> object:
        return answer(self._session(), request)

    def _session(self) -> Session:
        if not hasattr(self._local, "session"):
            self._local.session = Session(self._keyring, append, operator=True)
        session: Session = self._local.session
        return session


def append(entries: Sequence[Entry], pen: Pen, check: Callable[[], None] | None) -> None:
    append_leaves(entries, pen=pen, check=check)
