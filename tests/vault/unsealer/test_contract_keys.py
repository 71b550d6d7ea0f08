"""What holds for keys however the unsealer is reached: rotated, shredded, indexed again, and always the same."""

import pytest

from ledger.ids import INSTALLATION
from ledger.models import Erasure, LeafBody, LeafType
from tests.vault.unsealer.running import EMAIL, own, sealed, value
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.unsealer import Unsealer
from vault.unsealer.messages import Value

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = "operator:command-line"


def test_a_newer_key_seals_and_the_older_still_opens_until_it_is_destroyed(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    assert unsealer.rotate(OPERATOR, one.tenant, Plane.CUSTOMER_DATA) == 2
    assert unsealer.open(unsealer.begin(own(one)), [one])
    (record,) = unsealer.reseal(OPERATOR, [one])
    assert record[4:12] != one.data[4:12]
    unsealer.retire(OPERATOR, one.tenant, Plane.CUSTOMER_DATA, 1)
    renewed = Value(EMAIL, one.pk, one.tenant, record)
    assert unsealer.open(unsealer.begin(own(one)), [renewed]) == [b'"zoe@example.com"']
    with pytest.raises(VaultError, match="shredded"):
        unsealer.open(unsealer.begin(own(one)), [one])
    for version in (1, 2):
        with pytest.raises(VaultError, match="Only an old version"):
            unsealer.retire(OPERATOR, one.tenant, Plane.CUSTOMER_DATA, version)
    what = LeafBody.objects.filter(tenant=one.tenant, type=LeafType.ROTATION).order_by("position")
    assert ["key-made" in leaf.text for leaf in what] == [True, False]


def test_fixed_keys_are_neither_rotated_nor_destroyed(unsealer: Unsealer) -> None:
    from vault.planes import API_KEYS

    with pytest.raises(VaultError, match="not rotated"):
        unsealer.rotate(OPERATOR, API_KEYS, Plane.INDEX)
    with pytest.raises(VaultError, match="not a customer's"):
        unsealer.shred(OPERATOR, INSTALLATION)


def test_what_was_shredded_is_gone_and_nothing_is_sealed_for_them_again(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    unsealer.shred(OPERATOR, one.tenant)
    assert not DataKey.objects.filter(tenant=one.tenant).exists()
    assert Erasure.objects.filter(tenant=one.tenant).exists()
    with pytest.raises(VaultError, match="shredded"):
        unsealer.open(unsealer.begin(own(one)), [one])
    with pytest.raises(VaultError, match="erased"):
        unsealer.seal([value(b"x", one.tenant)])
    leaf = LeafBody.objects.get(tenant=one.tenant, type=LeafType.DESTRUCTION)
    assert '"planes":["customer-data"]' in leaf.text


def test_addresses_are_indexed_again_without_being_released(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    assert unsealer.reindex_emails(OPERATOR, [one]) == [unsealer.index_email("ZOE@example.com")]
    name = Value("accounts.User.name", one.pk, one.tenant, one.data)
    with pytest.raises(VaultError, match="Only addresses of sign-in and of invitations"):
        unsealer.reindex_emails(OPERATOR, [name])


def test_keys_that_are_asked_for_stay_the_same(unsealer: Unsealer) -> None:
    unsealer.check()
    assert (len(unsealer.hashing_key()), len(unsealer.public_key())) == (32, 32)
    assert unsealer.hashing_key() == unsealer.hashing_key() != unsealer.public_key() == unsealer.public_key()
    assert unsealer.rewrap(10) == 0
