"""However many keys and rows there are, in however many batches: all move, and each is counted once."""

from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError

from accounts.models import Organization, User
from content.models import StoredExchange
from tests.conftest import person
from tests.vault.rotation.support import GRACE, OPERATOR, an_hour_later, key_ids, rotate, versions
from tests.vault.rotation.test_data_keys import corrupt, exchange
from vault.models import DataKey
from vault.planes import Plane
from vault.roots import add_roots, create_file, roots
from vault.rotation import data_keys, pairs, resealing, rotate_roots
from vault.rotation import roots as root_rotation
from vault.rotation.data_keys import Outcome
from vault.rotation.references import Swap, sealers, swap_all
from vault.suites import key_id_of
from vault.unsealer import Unsealer, unsealer
from vault.unsealer.messages import Request, Reseal

pytestmark = pytest.mark.django_db
Said = list[tuple[str, int, int]]


@pytest.fixture
def people() -> list[User]:
    return [person(f"user-{n}@example.com", name=f"Name {n}") for n in range(5)]


def followed() -> Said:
    said: Said = []
    data_keys.rotate_data_keys(OPERATOR, None, GRACE, lambda *step: said.append(step))
    return said


def test_progress_counts_the_new_keys_and_then_the_rows_batch_by_batch(
    people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "_ROWS", 2)
    before = key_ids()
    assert followed() == [
        *(("new keys", done, 5) for done in range(1, 6)),
        *(("accounts.User", done, 5) for done in (2, 4, 5)),
    ]
    assert not before & key_ids()


def test_many_tenants_are_rotated_some_at_a_time(people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_keys, "_CHUNK", 2)
    before = key_ids()
    assert rotate() == Outcome(made=5, waiting=5)
    assert not before & key_ids()
    an_hour_later()
    assert rotate() == Outcome(destroyed=5)


def test_each_key_that_is_still_in_use_is_counted(people: list[User]) -> None:
    for each in people[:2]:
        corrupt(each)
    assert rotate() == Outcome(made=5, waiting=3, in_use=2)


def test_keys_are_made_in_the_opposite_order_to_their_destruction(organization: Organization) -> None:
    """The first that is made stays to the last: it says when the rotation began."""
    exchange(organization)
    rotate()
    made = list(DataKey.objects.filter(version=2).order_by("created_at").values_list("plane", flat=True))
    assert made == sorted(made, key=lambda plane: pairs.PLANES.index(Plane(plane)), reverse=True)
    for plane in pairs.PLANES:
        newest = [pair.newest.created_at for pair in pairs.find_pairs(None, plane)]
        assert all(one >= other for one, other in pairwise(newest))


def test_a_run_for_one_tenant_leaves_the_rotation_of_others_alone(people: list[User]) -> None:
    rotate()
    an_hour_later()
    assert rotate(people[0].pk) == Outcome(destroyed=1)
    assert [versions(one.pk) for one in people] == [[2], *[[1, 2]] * 4]


def test_what_is_saved_back_meanwhile_moves_although_the_last_batch_had_nothing_to_swap(
    people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "_ROWS", 1)
    first, *_, last = sorted(people, key=lambda one: one.pk)
    corrupt(last)
    held = [User.objects.get(pk=first.pk)]

    def progress(what: str, done: int, total: int) -> None:
        if what == "accounts.User" and held:
            held.pop().save()  # once, with the records that it was loaded with

    data_keys.rotate_data_keys(OPERATOR, None, GRACE, progress)
    newest = DataKey.objects.get(tenant=first.pk, version=2)
    assert key_id_of(User.objects.get(pk=first.pk).email.record()) == bytes(newest.key_id)


def test_an_unsealer_that_returns_fewer_records_than_it_was_asked_for_ends_the_run(
    people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Short:
        def call(self, request: Request) -> Any:
            answer = unsealer()._transport.call(request)
            return answer[:-1] if isinstance(request, Reseal) else answer

    before = key_ids()
    monkeypatch.setattr(resealing, "unsealer", lambda: Unsealer(Short()))
    with pytest.raises(ValueError, match="shorter"):
        rotate()
    assert key_ids() == before


def test_what_is_swapped_together_is_swapped_whole_or_not_at_all(organization: Organization) -> None:
    row = exchange(organization)
    unsealer().rotate(str(OPERATOR), organization.pk, Plane.CUSTOMER_CONTENT)
    (place,) = sealers(Plane.CUSTOMER_CONTENT)
    fields = [field for field in place.fields if getattr(row, field.attname) is not None]
    messages = [getattr(row, field.attname).message() for field in fields]
    records: list[Any] = unsealer().reseal(str(OPERATOR), messages)
    swaps = [Swap(*each) for each in zip(fields, [row.pk] * 2, [one.data for one in messages], records, strict=True)]
    broken = Swap(swaps[1].field, row.pk, swaps[1].old, object())  # type: ignore[arg-type]
    with pytest.raises((DatabaseError, TypeError, FieldError)):
        swap_all(StoredExchange, [swaps[0], broken])
    again = StoredExchange.objects.get(pk=row.pk)
    assert [getattr(again, field.attname).record() for field in fields] == [one.data for one in messages]
    assert swap_all(StoredExchange, swaps) == 2


def test_data_keys_are_wrapped_batch_by_batch(
    people: list[User], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: Said = []
    count = DataKey.objects.count()
    monkeypatch.setattr(root_rotation, "_BATCH", 4)
    add_roots(settings.ROOT_KEYS_FILE)
    assert rotate_roots(settings.ROOT_KEYS_FILE, lambda *step: said.append(step)) == count
    assert said == [("data keys", 4, count), ("data keys", count, count)]
    assert rotate_roots(None, lambda *step: said.append(step)) == 0
    assert len(said) == 2


@pytest.fixture(autouse=True)
def _roots_of_its_own(settings: Any, tmp_path: Any) -> Any:
    settings.ROOT_KEYS_FILE = tmp_path / "roots.json"
    create_file(settings.ROOT_KEYS_FILE)
    roots.cache_clear()
    unsealer.cache_clear()
    yield
    roots.cache_clear()
