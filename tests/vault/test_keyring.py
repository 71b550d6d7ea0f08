"""The keyring: one newest key a tenant and plane, whoever made it first, and each key unwrapped once."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from ledger.ids import INSTALLATION, new_id
from vault.errors import VaultError
from vault.keyring import Keyring
from vault.models import DataKey
from vault.planes import API_KEYS, SIGNER, Plane
from vault.roots import roots

pytestmark = pytest.mark.django_db
DATA = Plane.CUSTOMER_DATA


class Watched:
    """The real roots, counted, with something that happens before each call."""

    def __init__(self, before: Any = None) -> None:
        self.calls: Counter[str] = Counter()
        self._before = before

    def __getattr__(self, name: str) -> Any:
        self.calls[name] += 1
        if self._before:
            self._before(name)
        return getattr(roots(), name)


def test_a_key_is_unwrapped_once_however_often_it_seals_and_opens() -> None:
    watched, tenant = Watched(), new_id()
    keyring = Keyring(watched)
    key = keyring.sealing(tenant, DATA)
    assert keyring.sealing(tenant, DATA) == keyring.opening(key.id) == keyring.versions(tenant, DATA)[0] == key
    assert watched.calls == {"wrap": 1, "unwrap": 1}
    keyring.forget()
    assert keyring.opening(key.id) == key
    assert watched.calls["unwrap"] == 2


def test_of_two_that_make_the_first_key_at_once_both_use_the_same() -> None:
    tenant, other = new_id(), Keyring(roots())
    keyring = Keyring(Watched(lambda name: other.sealing(tenant, DATA) if name == "wrap" else None))
    assert keyring.sealing(tenant, DATA) == other.sealing(tenant, DATA)
    assert DataKey.objects.filter(tenant=tenant).count() == 1


def test_versions_are_all_that_exist_oldest_first_and_at_least_one() -> None:
    keyring, tenant = Keyring(roots()), new_id()
    assert [key.version for key in keyring.versions(tenant, DATA)] == [1]
    for _ in range(2):
        keyring.rotate(tenant, DATA)
    assert [key.version for key in keyring.versions(tenant, DATA)] == [1, 2, 3]
    assert keyring.sealing(tenant, DATA).version == 3
    keyring.retire(tenant, DATA, 1)
    assert [key.version for key in keyring.versions(tenant, DATA)] == [2, 3]


def test_shredding_destroys_the_keys_of_that_tenant_alone_and_may_be_repeated() -> None:
    keyring, gone, other = Keyring(roots()), new_id(), new_id()
    kept = keyring.sealing(other, DATA)
    key = keyring.sealing(gone, DATA)
    for _ in range(2):
        keyring.shred(gone)
    assert bytes(DataKey.objects.get().key_id) == kept.id
    with pytest.raises(VaultError, match="shredded"):
        keyring.opening(key.id)
    with pytest.raises(VaultError, match="erased"):
        keyring.sealing(gone, DATA)


def test_planes_and_tenants_have_keys_of_their_own() -> None:
    keyring, tenant = Keyring(roots()), new_id()
    keys = [keyring.sealing(*place) for place in ((tenant, DATA), (tenant, Plane.INDEX), (new_id(), DATA))]
    assert len({key.id for key in keys}) == len({key.secret for key in keys}) == 3
    assert [(len(key.id), len(key.secret), key.version) for key in keys] == [(8, 32, 1)] * 3


def test_a_check_asks_the_roots_and_makes_the_keys_of_the_installation() -> None:
    watched = Watched()
    Keyring(watched).check()
    assert watched.calls["check"] == 1
    made = set(DataKey.objects.values_list("tenant", "plane", "version"))
    assert made == {(tenant, "index", 1) for tenant in (INSTALLATION, API_KEYS, SIGNER)}


@pytest.mark.parametrize("tenant", [INSTALLATION, API_KEYS, SIGNER])
def test_the_keys_of_the_installation_are_never_shredded(tenant: UUID) -> None:
    keyring = Keyring(roots())
    keyring.check()
    with pytest.raises(VaultError, match="refused: Keys of the installation"):
        keyring.shred(tenant)
    assert DataKey.objects.count() == 3


@pytest.mark.parametrize("tenant", [API_KEYS, SIGNER])
def test_what_hashes_and_signs_is_never_rotated(tenant: UUID) -> None:
    with pytest.raises(VaultError, match="refused: This key is not rotated"):
        Keyring(roots()).rotate(tenant, Plane.INDEX)


def test_a_key_is_idle_since_the_first_time_it_was_found_so_and_until_it_is_used_again() -> None:
    keyring, tenant = Keyring(roots()), new_id()
    keyring.rotate(tenant, DATA)

    def since(version: int) -> object:
        return DataKey.objects.get(tenant=tenant, plane=DATA, version=version).retired_at

    keyring.mark_idle(tenant, DATA, 1, idle=True)
    first = since(1)
    assert (first is None, since(2)) == (False, None)
    keyring.mark_idle(tenant, DATA, 1, idle=True)
    assert since(1) == first
    keyring.mark_idle(tenant, DATA, 1, idle=False)
    assert since(1) is None


def test_a_key_that_somebody_else_wrapped_meanwhile_stays_as_they_left_it() -> None:
    tenant = new_id()
    Keyring(roots()).sealing(tenant, DATA)
    keyring = Keyring(
        Watched(lambda name: DataKey.objects.update(wrapped=b"theirs") if name == "rewrap" else None),
    )
    keyring._is_current = lambda row: False  # type: ignore[method-assign]
    assert keyring.rewrap(1) == 0
    assert bytes(DataKey.objects.get().wrapped) == b"theirs"


def test_wrapping_anew_says_how_many_are_left() -> None:
    keyring = Keyring(roots())
    for _ in range(3):
        keyring.sealing(new_id(), DATA)
    assert keyring.rewrap(10) == 0
    keyring._is_current = lambda row: False  # type: ignore[method-assign]
    assert [keyring.rewrap(most) for most in (0, 1, 2, 3, 4)] == [3, 2, 1, 0, 0]
