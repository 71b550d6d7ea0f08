"""How keys are looked up: what was used a moment ago costs no query, and a request asks once for each key."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from ledger.ids import new_id
from vault.errors import VaultError
from vault.keyring import Key, Keyring
from vault.models import DataKey
from vault.places import column
from vault.planes import Plane
from vault.roots import roots
from vault.suites import associate
from vault.unsealer.in_process import append
from vault.unsealer.messages import Value
from vault.unsealer.session import Session

pytestmark = pytest.mark.django_db
DATA = Plane.CUSTOMER_DATA


def test_a_key_that_was_just_used_seals_opens_and_is_listed_without_a_query() -> None:
    keyring, tenant = Keyring(roots()), new_id()
    key = keyring.sealing(tenant, DATA)
    keys = keyring.versions(tenant, DATA)
    with CaptureQueriesContext(connections["vault"]) as queries:
        assert keyring.sealing(tenant, DATA) is key
        assert keyring.opening(key.id) is key
        assert keyring.versions(tenant, DATA) is keys
    assert len(queries) == 0


def test_many_values_under_one_key_ask_for_it_once() -> None:
    class Counting(Keyring):
        asked = 0

        def opening(self, key_id: bytes) -> Key:
            self.asked += 1
            return super().opening(key_id)

    keyring = Counting(roots())
    session, place = Session(keyring, append), column("accounts.User.name")
    plain = [Value("accounts.User.name", new_id(), tenant, b"x") for tenant in [new_id()] * 5 + [new_id()]]
    sealed = [Value(each.label, each.pk, each.tenant, session.seal(place, each, each.data)) for each in plain]
    assert session.unseal_all([(place, each) for each in sealed]) == [b"x"] * 6
    assert keyring.asked == 2


def test_a_key_that_may_not_be_destroyed_is_refused_for_good() -> None:
    keyring, tenant = Keyring(roots()), new_id()
    keyring.sealing(tenant, DATA)
    for version in (1, 2):  # the newest, and none
        with pytest.raises(VaultError) as refusal:
            keyring.retire(tenant, DATA, version)
        assert (refusal.value.code, refusal.value.permanent) == ("refused", True)


def test_a_key_is_wrapped_for_its_id_tenant_plane_and_version() -> None:
    """The context is part of what is stored: another one would lose every key that exists."""
    keyring, tenant = Keyring(roots()), new_id()
    key = keyring.sealing(tenant, DATA)
    context = associate("data-key", key.id, tenant.bytes, "customer-data", "1")
    assert roots().unwrap(DATA, bytes(DataKey.objects.get(tenant=tenant).wrapped), context) == key.secret
