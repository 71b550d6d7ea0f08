"""Lengths at rest: of a name, an address or a phone only the bucket shows, of the rest of a profile nothing."""

import itertools
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from accounts.models import Membership, Role, User
from accounts.policy import Access
from accounts.roles import write_access
from ledger.ids import new_id
from vault.padding import pad

OVERHEAD = 84  # header, nonce, commitment, tag
LONGEST = {"one byte": "a", "two": "é", "three": "日", "four": "🦙", "six, escaped": "\x01", "quoted": '"'}


def sizes(model: Any, name: str, values: Iterable[Any]) -> set[int]:
    """Return how long the field's records get over all values, in bytes."""
    field = model._meta.get_field(name)
    return {OVERHEAD + len(pad(field.encode(value), field.bucket)) for value in values}


def test_every_role_has_the_same_length() -> None:
    roles = [write_access(Access(role), version) for role in Role for version in (1, 10, 10**9)]
    assert sizes(Membership, "role", roles) == {OVERHEAD + 512}
    assert max(map(len, roles)) <= Membership._meta.get_field("role").max_length


def test_of_projects_that_a_role_is_limited_to_up_to_19_do_not_show_and_then_steps_of_21() -> None:
    def size(count: int) -> set[int]:
        projects = dict.fromkeys((new_id() for _ in range(count)), Role.DEVELOPER)
        texts = [write_access(Access(Role.DEVELOPER, projects), version) for version in (1, 10**9)]
        return sizes(Membership, "role", texts)

    assert set().union(*map(size, range(20))) == {OVERHEAD + 512}
    assert [size(count) for count in (22, 40)] == [{OVERHEAD + 1024}] * 2


def test_every_date_of_birth_has_the_same_length() -> None:
    assert sizes(User, "date_of_birth", [date.min, date(1999, 12, 31), date.max]) == {OVERHEAD + 32}


@pytest.mark.parametrize("letter", LONGEST.values(), ids=LONGEST)
def test_every_location_that_the_field_takes_has_the_same_length(letter: str) -> None:
    longest = User._meta.get_field("location").max_length
    assert sizes(User, "location", [letter * size for size in range(longest + 1)]) == {OVERHEAD + 768}


@pytest.mark.parametrize("name", ["name", "email", "phone"])
def test_names_addresses_and_phones_come_in_buckets_of_32_bytes(name: str) -> None:
    longest = User._meta.get_field(name).max_length
    found = sorted(sizes(User, name, ["x" * size for size in range(1, longest + 1)]))
    # Quotes and the padding's mark take three bytes.
    assert found == [OVERHEAD + 32 * buckets for buckets in range(1, (longest + 3 + 31) // 32 + 1)]
    assert all(later - earlier == 32 for earlier, later in itertools.pairwise(found))


@pytest.mark.django_db
def test_the_stored_record_has_the_length_that_its_bucket_says() -> None:
    user = User.objects.create_user("zoe@example.com", None, location="Lisbon", date_of_birth=date(1990, 1, 2))
    lengths = [len(getattr(user, name).record()) for name in ("email", "location", "date_of_birth")]
    assert lengths == [OVERHEAD + 32, OVERHEAD + 768, OVERHEAD + 32]
