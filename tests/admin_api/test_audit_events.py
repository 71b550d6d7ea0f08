"""The audit log tells programs what its page tells people: what the ledger recorded, and where the rows differ."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Organization
from ledger.models import AuditEvent, Leaf
from tests.admin_api.conftest import Caller
from tests.support.flush import without_guards
from tests.trust.audit.conftest import Happen, happen  # noqa: F401  a fixture
from vault.events import record_pending

pytestmark = pytest.mark.django_db
PATH = "audit-events/"


def newest(program: Caller, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = program.ask(PATH, **query).json()["data"][0]
    return found


def test_an_event_names_its_entry_in_the_ledger(olivia: Caller, happen: Happen) -> None:  # noqa: F811
    event = happen(target="the key", count=1)
    leaf = Leaf.objects.order_by("-position")[0]
    shown = newest(olivia)
    assert (shown["id"], shown["standing"], shown["payload"]) == (str(event.pk), "recorded", {"count": 1})
    assert shown["entry"] == {
        "sequence": leaf.sequence,
        "position": leaf.position,
        "hash": bytes(leaf.hash).hex(),
    }


def test_an_event_without_its_leaf_waits_for_it(olivia: Caller, happen: Happen) -> None:  # noqa: F811
    happen(is_recorded=False)
    assert (newest(olivia)["standing"], newest(olivia)["entry"]) == ("waiting", None)


@pytest.mark.parametrize("filtered", [{}, {"action": "key:created"}])
def test_a_changed_row_is_told_as_it_was_recorded(
    olivia: Caller,
    happen: Happen,  # noqa: F811
    filtered: dict[str, str],
) -> None:
    event = happen(target="the key", count=1)
    with without_guards(connection):
        AuditEvent.objects.filter(pk=event.pk).update(target="another", payload={}, actor="operator:somebody-else")
    shown = newest(olivia, **filtered)
    assert (shown["standing"], shown["target"], shown["payload"]) == ("changed", "the key", {"count": 1})
    assert shown["actor"] == "operator:command-line"


def test_a_row_that_somebody_inserted_is_told_as_such(olivia: Caller, organization: Organization) -> None:
    record_pending()
    AuditEvent.objects.create(organization_id=organization.pk, actor="user:x", action="key:revoked", target="x")
    assert (newest(olivia)["standing"], newest(olivia)["entry"]) == ("unrecorded", None)


def test_a_row_that_is_gone_is_told_from_the_ledger_on_its_page(
    olivia: Caller,
    happen: Happen,  # noqa: F811
) -> None:
    events = [happen(target=f"number {number}") for number in range(5)]
    with without_guards(connection):
        AuditEvent.objects.filter(pk=events[2].pk).delete()
    told: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = olivia.ask(PATH, **query).json()
        told += page["data"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert [each["target"] for each in told[:5]] == [f"number {number}" for number in (4, 3, 2, 1, 0)]
    assert [each["target"] for each in told if each["standing"] == "unlisted"] == ["number 2"]
    assert len({each["id"] for each in told}) == len(told)


def test_times_narrow_it(olivia: Caller, happen: Happen) -> None:  # noqa: F811
    at = happen(target="the key").at
    assert newest(olivia, since=(at - timedelta(seconds=1)).isoformat())["target"] == "the key"
    for since in (at + timedelta(seconds=1), at + timedelta(days=9000)):
        assert olivia.ask(PATH, since=since.isoformat()).json()["data"] == []
    for until in ("1900-01-01T00:00:00Z", (at - timedelta(days=1)).isoformat()):
        assert olivia.ask(PATH, until=until).json() == {"data": [], "next_cursor": None}
    assert olivia.ask(PATH, since="yesterday").status_code == 400


def test_nothing_of_another_organization_is_told(olivia: Caller, otto: Caller, happen: Happen) -> None:  # noqa: F811
    event = happen(target="the key")
    with without_guards(connection):
        AuditEvent.objects.filter(pk=event.pk).delete()
    assert "the key" in str(olivia.ask(PATH).json())
    assert "the key" not in str(otto.ask(PATH).json())
