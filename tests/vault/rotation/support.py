"""What the tests of rotation share."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from accounts.models import EmailIndex, Membership, User
from content.models import StoredExchange
from ledger.actor import Actor
from vault.keyring import Keyring
from vault.models import DataKey
from vault.places import column
from vault.roots import roots
from vault.rotation import rotate_data_keys
from vault.rotation.data_keys import Outcome
from vault.suites import key_id_of
from vault.unsealer.in_process import append
from vault.unsealer.session import Session

OPERATOR = Actor.operator()
GRACE = timedelta(hours=1)
MODELS = {User: ("email", "name"), Membership: ("role",), StoredExchange: ("request", "response")}


def silent(what: str, done: int, total: int) -> None:
    assert 0 < done <= total


def rotate(*tenants: UUID) -> Outcome:
    return rotate_data_keys(OPERATOR, tenants or None, GRACE, silent)


def an_hour_later() -> None:
    """Let the grace of every idle key be over."""
    DataKey.objects.update(retired_at=F("retired_at") - GRACE)


def opened(row: Any, name: str, session: Session | None = None) -> Any:
    """Open without a scope, as the unsealer would."""
    value = getattr(row, name)
    if value is None:
        return None
    message = value.message()
    session = session or Session(Keyring(roots()), append)
    (plaintext,) = session.unseal_all([(column(message.label), message)])
    return value.decode(plaintext)


def key_ids() -> set[bytes]:
    """Return the ids of the keys under which anything is sealed."""
    values = (getattr(row, name) for model, names in MODELS.items() for row in model.objects.all() for name in names)
    return {key_id_of(value.record()) for value in values if value is not None}


def versions(tenant: UUID) -> list[int]:
    return list(DataKey.objects.filter(tenant=tenant).order_by("version").values_list("version", flat=True))


def index_versions() -> set[int]:
    return set(EmailIndex.objects.values_list("version", flat=True))


@contextmanager
def roots_away(settings: Any) -> Iterator[None]:
    """Take the file of root keys away, as a volume that is not mounted does."""
    hidden = settings.ROOT_KEYS_FILE.rename(settings.ROOT_KEYS_FILE.with_suffix(".away"))
    try:
        yield
    finally:
        hidden.rename(settings.ROOT_KEYS_FILE)
