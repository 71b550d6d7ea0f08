"""Sealed values among themselves: when two are equal, whose they are, and how many requests sealing a row takes."""

import copy
import pickle

import pytest
from django.db import transaction

from accounts.models import User
from tests.conftest import person
from vault.errors import VaultError
from vault.sealed import Sealed
from vault.unsealer import unsealer
from vault.unsealer.boundary import Transport
from vault.unsealer.messages import Request, Seal

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe() -> User:
    return User.objects.get(pk=person("zoe@example.com", name="Zoë").pk)


class Listening:
    """A transport that remembers what was asked of the one behind it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.asked: list[Request] = []

    def call(self, request: Request) -> object:
        self.asked.append(request)
        return self._transport.call(request)


def test_two_values_are_equal_if_their_records_are(zoe: User) -> None:
    again = User.objects.get(pk=zoe.pk)
    assert zoe.email == again.email
    assert zoe.email != zoe.name
    assert zoe.email != "zoe@example.com"
    assert zoe.email != zoe.email.record()


def test_a_value_that_is_not_sealed_yet_equals_nothing(zoe: User) -> None:
    """Equal plaintexts must not show as equal: that would be an oracle for them."""
    one, other = User(email="zoe@example.com"), User(email="zoe@example.com")
    assert one.email != other.email
    assert one.email != zoe.email
    assert zoe.email != one.email


def test_a_value_of_a_copied_row_is_the_copys_at_once(zoe: User) -> None:
    email = zoe.email
    twin = copy.copy(zoe)
    assert twin.email is not email
    assert (twin.email.pk, twin.email.message()) == (zoe.pk, email.message())
    again = User.objects.get(pk=zoe.pk)
    again.email = email  # a value of the same row, loaded otherwise
    assert vars(again)["email"].owner is again


def test_what_is_new_in_a_row_is_sealed_in_one_request(zoe: User) -> None:
    house = unsealer()
    house._transport = listening = Listening(house._transport)
    zoe.email, zoe.name = "zoe@example.org", "Zoë Zebra"
    zoe.save()
    (seal,) = (request for request in listening.asked if isinstance(request, Seal))
    assert len(seal.values) == 2


def test_a_row_whose_values_were_not_all_sealed_is_not_saved(zoe: User) -> None:
    class Forgetful(Listening):
        def call(self, request: Request) -> object:
            answer = super().call(request)
            return answer[:1] if isinstance(answer, list) else answer

    house = unsealer()
    house._transport = Forgetful(house._transport)
    before = bytes(zoe.email.record())
    zoe.email, zoe.name = "zoe@example.org", "Zoë Zebra"
    with pytest.raises(ValueError, match="shorter"), transaction.atomic():
        zoe.save()
    assert User.objects.get(pk=zoe.pk).email.record() == before


def test_a_row_that_is_copied_before_it_is_saved_keeps_its_plaintext() -> None:
    yan = User(email="yan@example.com")
    assert copy.copy(yan).email.fresh_plaintext() == "yan@example.com"


def test_refusals_of_a_value_have_their_code(zoe: User) -> None:
    email = zoe.email
    for value in (email, User.objects.values_list("email", flat=True).get(pk=zoe.pk)):
        with pytest.raises(VaultError) as refusal:
            pickle.dumps(value)
        assert refusal.value.code == "refused"
    with pytest.raises(VaultError) as refusal:
        Sealed(User._meta.get_field("email"), None, "yan@example.com").message()
    assert refusal.value.code == "refused"
    zoe.pk = person("yan@example.com").pk
    with pytest.raises(VaultError) as refusal:
        zoe.save()
    assert refusal.value.code == "refused"
