"""Writers that save while keys are rotated lose nothing. The comparison itself is proved in test_data_keys."""

from threading import Event
from uuid import UUID

import pytest

from accounts.models import User
from tests.conftest import person
from tests.support.at_once import at_once
from tests.vault.rotation.support import key_ids, opened, rotate
from vault.models import DataKey

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, ROUNDS = 20, 3


def test_writers_during_a_rotation_lose_nothing() -> None:
    people = [person(f"user-{n}@example.com", name="none") for n in range(PEOPLE)]
    over = Event()
    last: dict[UUID, str] = {}

    def write() -> None:
        number = 0
        while not over.is_set():
            user = User.objects.get(pk=people[number % PEOPLE].pk)
            user.name = f"name {number}"  # the other fields are written back as they were loaded
            user.save()
            last[user.pk] = f"name {number}"
            number += 1

    def rotate_often() -> None:
        try:
            for _ in range(ROUNDS):
                rotate()
        finally:
            over.set()

    results = at_once(write, rotate_often)
    assert not [result for result in results if isinstance(result, Exception)]
    rotate()
    for user in User.objects.all():
        assert opened(user, "name") == last.get(user.pk, "none")
        assert opened(user, "email").startswith("user-")
    assert key_ids() <= {bytes(key.key_id) for key in DataKey.objects.all()}
