"""Recipients: whom the messages of a batch go to is looked up once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from ledger.ids import new_id
from notifications import recipients

pytestmark = pytest.mark.django_db


def test_within_a_batch_a_recipient_is_looked_up_once(member: User, outsider: User) -> None:
    with recipients.looked_up([member.pk]), CaptureQueriesContext(connection) as asked:
        assert recipients.get(member.pk) == member
        assert not asked.captured_queries
        assert recipients.get(outsider.pk) == outsider
        assert asked.captured_queries


def test_who_was_nobody_when_the_batch_began_is_not_looked_for_again() -> None:
    nobody = new_id()
    with recipients.looked_up([nobody]), CaptureQueriesContext(connection) as asked:
        assert recipients.get(nobody) is None
    assert not asked.captured_queries


def test_after_a_batch_a_recipient_is_found_as_they_are_now(member: User) -> None:
    with recipients.looked_up([member.pk]):
        User.objects.filter(pk=member.pk).update(language="de")
    found = recipients.get(member.pk)
    assert found
    assert found.language == "de"
