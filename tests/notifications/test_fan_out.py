"""Many messages at once: few statements, one message a key, all or none."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from ledger.ids import new_id
from notifications import outbox
from notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db


def written(recipients: Iterable[UUID], key: str = "") -> Iterator[OutboxMessage]:
    for recipient in recipients:
        named = f"{key}:{recipient}" if key else None
        yield OutboxMessage(kind="verify-email", subject_id=recipient, recipient_id=recipient, key=named)


def test_many_are_put_by_few_statements(db: None, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(20):  # SQLite takes some 70 rows a statement
        assert outbox.put_many(written(new_id() for _ in range(1001))) == 1001
    assert OutboxMessage.objects.count() == 1001


def test_of_many_with_one_key_each_is_put_once(db: None) -> None:
    first, second, third = sorted(new_id() for _ in range(3))
    outbox.put_many(written([first, second, first], "terms"))
    outbox.put_many(written([second, third], "terms"))
    outbox.put_many(written([third], "prices"))
    told = OutboxMessage.objects.order_by("id").values_list("recipient_id", "key")
    assert sorted(told) == sorted(
        [(first, f"terms:{first}"), (second, f"terms:{second}"), (third, f"terms:{third}"), (third, f"prices:{third}")]
    )


def test_many_are_put_only_if_all_of_them_could_be_written(db: None) -> None:
    def broken() -> Iterator[OutboxMessage]:
        yield from written(new_id() for _ in range(600))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outbox.put_many(broken())
    assert not OutboxMessage.objects.exists()
