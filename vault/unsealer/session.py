"""A session: the unsealer's side of one caller; in the separate process, of one connection.

Its scopes die with it, so a token that was read somewhere opens nothing elsewhere or later.
"""

from collections.abc import Callable, Sequence

from ledger.leaves import Entry
from ledger.pen import Pen
from vault import suites
from vault.errors import VaultError
from vault.keyring import Key, Keyring
from vault.padding import pad, unpad
from vault.places import Column
from vault.unsealer.messages import Value
from vault.unsealer.scopes import MOST_SCOPES, Scope

Append = Callable[[Sequence[Entry], Pen, Callable[[], None] | None], None]


class Session:
    """Keys, the way into the ledger, and the scopes that are open. `operator` is who came by the operators' socket."""

    def __init__(self, keyring: Keyring, append: Append, *, operator: bool = False) -> None:
        self.keyring, self.operator = keyring, operator
        self.scopes: dict[bytes, Scope] = {}
        self._append = append

    def make_room(self) -> None:
        """Raise VaultError if there are as many scopes as a caller may have; those whose time is over go first."""
        if len(self.scopes) >= MOST_SCOPES:
            self.scopes = {token: scope for token, scope in self.scopes.items() if not scope.is_over()}
        if len(self.scopes) >= MOST_SCOPES:
            raise VaultError("too-many-scopes", f"A caller has at most {MOST_SCOPES} disclosure scopes at once.")

    def record(self, *entries: Entry, check: Callable[[], None] | None = None) -> None:
        """Commit leaves; `check` runs while the log is locked, and what it raises records nothing."""
        self._append(entries, self.keyring.pen, check)

    def seal(self, place: Column, value: Value, plaintext: bytes) -> bytes:
        key = self.keyring.sealing(value.tenant, place.plane)
        padded = pad(plaintext, place.bucket)
        return suites.seal(key.keyed, key.id, place.associated(value.pk, value.tenant), padded)

    def unseal_all(self, values: Sequence[tuple[Column, Value]]) -> list[bytes]:
        """Return the plaintexts, all or none."""
        keys: dict[bytes, Key] = {}  # by header: the keyring is asked, under its lock, once a key and not once a value
        plaintexts = []
        for place, value in values:
            header = value.data[: suites.HEADER_SIZE]
            if (key := keys.get(header)) is None:
                key = keys[header] = self.keyring.opening(suites.key_id_of(value.data))
            if key.tenant != value.tenant or key.plane is not place.plane:
                raise VaultError("wrong-key", "The record is sealed under the key of another tenant or plane.")
            associated = place.associated(value.pk, value.tenant)
            plaintexts.append(unpad(suites.unseal(key.keyed, associated, value.data)))
        return plaintexts
