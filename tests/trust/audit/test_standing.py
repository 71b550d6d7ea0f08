"""Whoever writes to the console's database changes no entry unnoticed."""

import pytest
from django.db import connection, connections
from django.test import Client

from accounts.models import Organization, User
from ledger.history import MOST_UNLISTED, History, Standing
from ledger.ids import new_id
from ledger.models import Action, AuditEvent, LeafBody, PendingEvent
from tests.support.flush import without_guards
from tests.trust.audit.conftest import URL, Happen
from tests.trust.audit.test_log import rows_of, text_of

pytestmark = pytest.mark.django_db
NOTE = "not agree with the ledger"


@pytest.mark.parametrize(
    "change",
    [
        {"action": "key:revoked"},
        {"actor": "operator:somebody-else"},
        {"target": "another"},
        {"payload": {"count": 2}},
        {"payload": {}},
    ],
)
def test_a_changed_row_is_marked_and_told_as_it_was_recorded(
    as_owner: Client, happen: Happen, change: dict[str, object]
) -> None:
    event = happen(target="the key", count=1)
    with without_guards(connection):
        AuditEvent.objects.filter(pk=event.pk).update(**change)
    answer = as_owner.get(URL)
    row = rows_of(answer)[0]
    assert (row.tag, row.actor, row.target_id, row.facts) == (
        "key.created", "operator:command-line", "the key", (("Count", "1"),),
    )  # fmt: skip
    assert "The database says something else" in row.warning
    assert NOTE in text_of(answer)


def test_a_row_that_somebody_inserted_is_marked(as_owner: Client, organization: Organization) -> None:
    AuditEvent.objects.create(organization_id=organization.pk, actor="user:x", action="key:revoked", target="x")
    answer = as_owner.get(URL)
    assert "The ledger has no entry of this." in rows_of(answer)[0].warning
    assert NOTE in text_of(answer)


@pytest.mark.parametrize("number", [0, 1, 30, 59])
def test_a_row_that_somebody_deleted_is_told_from_the_ledger(
    as_owner: Client, happen: Happen, organization: Organization, number: int
) -> None:
    events = [happen(target=f"number {n}", is_recorded=False) for n in range(60)]
    happen()
    gone = events[number]
    with without_guards(connection):
        AuditEvent.objects.filter(pk=gone.pk).delete()
    told = list(History(organization.pk).all())
    assert [(each.target, each.standing) for each in told if not each.is_in_order] == [(gone.target, Standing.UNLISTED)]
    pages = [as_owner.get(URL)]
    while pages[-1].context["older_url"]:
        pages.append(as_owner.get(pages[-1].context["older_url"]))
    assert [row.target_id for page in pages for row in rows_of(page) if row.warning] == [gone.target]


def test_a_row_that_was_moved_to_another_organization_is_told_as_well(
    as_owner: Client, as_outsider: Client, outsider: User, happen: Happen
) -> None:
    event = happen(target="the key")
    with without_guards(connection):
        other = Organization.objects.get(slug="outsiders")
        AuditEvent.objects.filter(pk=event.pk).update(organization_id=other.pk)
    assert "no row of this any more" in rows_of(as_owner.get(URL))[0].warning
    assert "The database says something else" in rows_of(as_outsider.get("/o/outsiders/audit/"))[0].warning


def test_a_body_that_does_not_fit_its_hash_is_marked(as_owner: Client, happen: Happen) -> None:
    event = happen(target="the key")
    body = LeafBody.objects.get(event=event.pk)
    for text in (body.text.replace("the key", "another"), "{", "[]", '{"payload": 7}'):
        with without_guards(connections["vault"]):
            LeafBody.objects.filter(pk=body.pk).update(text=text)
        assert "does not fit its hash" in rows_of(as_owner.get(URL))[0].warning


def test_a_body_with_a_salt_of_another_type_is_marked(as_owner: Client, happen: Happen) -> None:
    if connections["vault"].vendor != "sqlite":
        pytest.skip("PostgreSQL keeps to the types of its columns")
    body = LeafBody.objects.get(event=happen(target="the key").pk)
    with without_guards(connections["vault"]), connections["vault"].cursor() as cursor:
        cursor.execute("UPDATE ledger_leafbody SET salt = 'text' WHERE position = %s", [body.position])
    assert "does not fit its hash" in rows_of(as_owner.get(URL))[0].warning


def test_a_page_of_inserted_rows_alone_tells_nothing_of_other_pages(happen: Happen, organization: Organization) -> None:
    happen(target="before")
    inserted = [
        AuditEvent.objects.create(organization_id=organization.pk, actor="user:x", action="key:revoked", target="x")
        for _ in range(2)
    ]
    happen(target="after")
    history = History(organization.pk)
    newest = history.page(1)
    page = history.page(2, before=newest.oldest)
    assert [each.id for each in page.happenings] == [row.pk for row in reversed(inserted)]
    assert {each.standing for each in page.happenings} == {Standing.UNRECORDED}
    onward = history.page(1, before=page.oldest)
    assert [(each.target, each.standing) for each in onward.happenings][:1] == [("before", Standing.RECORDED)]


def test_of_very_many_that_are_gone_some_are_told_and_that_there_are_more(as_owner: Client, happen: Happen) -> None:
    events = [happen(is_recorded=False) for _ in range(MOST_UNLISTED + 5)]
    happen()
    with without_guards(connection):
        AuditEvent.objects.filter(pk__in=[event.pk for event in events]).delete()
    answer = as_owner.get(URL)
    assert "There are more." in text_of(answer)


def test_a_search_marks_what_it_finds(as_owner: Client, happen: Happen) -> None:
    event = happen(Action.KEY_CREATED, target="the key")
    happen(Action.WEBHOOK_CREATED)
    with without_guards(connection):
        AuditEvent.objects.filter(pk=event.pk).update(target="another")
    answer = as_owner.get(URL, {"q": "action:key.created"})
    assert rows_of(answer)[0].target_id == "the key"
    assert NOTE in text_of(answer)


def test_a_row_that_waits_is_none_of_these(happen: Happen, organization: Organization) -> None:
    event = happen(target=new_id(), is_recorded=False)
    assert History(organization.pk).page(5).happenings[0].standing is Standing.WAITING
    PendingEvent.objects.filter(pk=event.pk).delete()
    assert History(organization.pk).page(5).happenings[0].standing is Standing.UNRECORDED
