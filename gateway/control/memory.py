"""What was learned of keys, as long as nothing has changed: a bounded memory that forgets everything at any change."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import blake2b
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
# What is another value after each change in the database; None while nobody can tell, and then nothing is believed.
Changes = Callable[[], Hashable | None]


def place_of(secret: str) -> bytes:
    """Return under what a secret is remembered: memory holds none longer than needed."""
    return blake2b(secret.encode(), digest_size=32).digest()


class Memory(Generic[K, V]):
    """Answers by question. Whoever asks the database notes `now()` before, and hands it on with what was answered."""

    def __init__(self, changes: Changes, most: int) -> None:
        self._changes = changes
        self._most = most
        self._of: Hashable | None = None
        self._known: OrderedDict[K, V] = OrderedDict()

    def now(self) -> Hashable | None:
        """Return the moment, as far as changes are concerned."""
        return self._changes()

    def get(self, question: K) -> V | None:
        if (now := self._changes()) != self._of:
            self._known.clear()
            self._of = now
        return self._known.get(question) if now is not None else None

    def put(self, question: K, answer: V, asked_at: Hashable | None) -> None:
        """Remember an answer, unless something changed since it was asked for."""
        if asked_at is None or asked_at != self._of or asked_at != self._changes():
            return
        self._known[question] = answer
        if len(self._known) > self._most:
            self._known.popitem(last=False)
