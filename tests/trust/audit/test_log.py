"""The audit log: all that changed in the organization, for its owners and admins."""

from typing import Any

import pytest
from django.test import Client

from accounts.actions import change_role
from accounts.models import Membership, Organization, Project, Role, User
from keys.actions import issue_key, revoke_key
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent, LeafBody
from tests.trust.audit.conftest import URL, Happen
from trust.audit.words import WORDS
from vault.events import record_pending

pytestmark = pytest.mark.django_db
PAGES = (URL, URL + "names/", URL + "export.csv", URL + "export.json", URL + "export.ndjson")


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return " ".join(text.split())


def sentence(row: Any) -> str:
    """Return what a row says, as it is read; without what tells those apart who have no name."""
    return "".join(part.text or part.name for part in row.said)


def rows_of(answer: Any) -> list[Any]:
    return [row for day in answer.context["days"] for row in day.rows]


def test_an_outsider_finds_nothing(as_outsider: Client, organization: Organization) -> None:
    for path in PAGES:
        assert as_outsider.get(path).status_code == 404
        assert as_outsider.post(path).status_code in {404, 405}


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.BILLING, Role.VIEWER])
def test_a_lower_role_is_refused(as_member: Client, member: User, role: Role) -> None:
    change_role(Actor.operator(), membership=Membership.objects.get(user=member), role=role)
    for path in PAGES:
        assert as_member.get(path).status_code == 403
    assert as_member.post(URL + "names/").status_code == 403


def test_an_admin_sees_it(as_member: Client, member: User) -> None:
    change_role(Actor.operator(), membership=Membership.objects.get(user=member), role=Role.ADMIN)
    assert as_member.get(URL).status_code == 200


def test_it_tells_in_words_what_was_done_to_what(as_owner: Client, owner: User, project: Project) -> None:
    key, _ = issue_key(Actor.user(owner.pk), project=project, name="nightly <b>")
    revoke_key(Actor.operator(), key)
    record_pending()
    revoked, created, *_ = rows_of(as_owner.get(URL))
    assert sentence(revoked) == "Operator at the server revoked the API key nightly <b>"
    assert (sentence(created), created.tag) == ("You created the API key nightly <b>", "key.created")
    assert ("Project", "Default") in created.facts
    assert "nightly &lt;b&gt;" in text_of(as_owner.get(URL))


def test_who_did_it_to_themselves_joined_or_left(as_owner: Client, owner: User, member: User, happen: Happen) -> None:
    happen(Action.MEMBER_ADDED, actor=Actor.user(owner.pk), target=owner.pk)
    happen(Action.MEMBER_ADDED, actor=Actor.user(owner.pk), target=member.pk)
    happen(Action.MEMBER_REMOVED, actor=Actor.user(owner.pk), target=owner.pk)
    left, other, own, *_ = rows_of(as_owner.get(URL))
    assert sentence(left) == "You left the organization"
    assert sentence(own) == "You joined the organization"
    assert sentence(other) == "You added a member to the organization"


def test_only_events_of_the_organization_are_there(
    as_owner: Client, outsider: User, organization: Organization, happen: Happen
) -> None:
    other = Organization.objects.get(slug="outsiders")
    foreign = happen(organization_id=other.pk, target=new_id())
    installation = happen(organization_id=None, target=new_id())
    own = happen(target=new_id())
    text = text_of(as_owner.get(URL))
    assert own.target in text
    assert foreign.target not in text
    assert installation.target not in text
    for form in ("csv", "json", "ndjson"):
        exported = as_owner.get(f"{URL}export.{form}").getvalue().decode()
        assert own.target in exported
        assert foreign.target not in exported


def test_it_shows_what_it_was_and_what_it_is(as_owner: Client, happen: Happen) -> None:
    happen(
        Action.SECURITY_CHANGED,
        before_session_hours=None,
        after_session_hours=8,
        removed_domains="",
        added_domains="a.example",
    )
    first, domains = rows_of(as_owner.get(URL))[0].changes
    assert (first.name, first.before, first.after) == ("Hours until asked again", None, "8")
    assert (domains.before, domains.after) == (None, "a.example")


def test_a_row_tells_its_place_in_the_ledger(as_owner: Client, happen: Happen) -> None:
    event = happen()
    body = LeafBody.objects.get(event=event.pk)
    row = rows_of(as_owner.get(URL))[0]
    assert row.place.position == body.position
    assert not row.warning


def test_an_event_without_its_leaf_waits_for_it(as_owner: Client, happen: Happen) -> None:
    happen(is_recorded=False)
    row = rows_of(as_owner.get(URL))[0]
    assert row.is_waiting
    assert not as_owner.get(URL).context["troubled"]


def test_pages_follow_each_other_without_gap_or_repetition(
    as_owner: Client, happen: Happen, organization: Organization
) -> None:
    for number in range(120):
        happen(target=f"number {number:03}", is_recorded=number == 119)
    answer = as_owner.get(URL)
    pages = [answer]
    while answer.context["older_url"]:
        answer = as_owner.get(answer.context["older_url"])
        pages.append(answer)
    seen = [row.id for page in pages for row in rows_of(page)]
    events = AuditEvent.objects.filter(organization_id=organization.pk).order_by("-pk")
    assert seen == [str(event.pk) for event in events]
    back = as_owner.get(pages[1].context["newer_url"])
    assert [row.id for row in rows_of(back)] == [row.id for row in rows_of(pages[0])]
    assert not back.context["newer_url"]


@pytest.mark.parametrize("cursor", ["before=x", "after=x", "before=1"])
def test_a_cursor_that_is_none_is_not_found(as_owner: Client, cursor: str) -> None:
    assert as_owner.get(f"{URL}?{cursor}").status_code == 404


def test_names_are_opened_once_and_only_when_asked_for(
    as_owner: Client, owner: User, member: User, happen: Happen
) -> None:
    happen(Action.MEMBER_ADDED, actor=Actor.user(member.pk), target=member.pk)
    openings = LeafBody.objects.filter(type="opening", purpose="team-administration")
    before = openings.count()
    assert "Mira Member" not in text_of(as_owner.get(URL))
    assert openings.count() == before
    answer = as_owner.post(URL + "names/?q=actor:member")
    assert "<b><bdi>Mira Member</bdi></b>" in text_of(answer)
    assert openings.count() == before + 1
    assert "no-store" in answer["Cache-Control"]
    assert as_owner.get(URL + "names/?q=actor:me")["Location"] == f"{URL}?q=actor%3Ame"
    assert openings.count() == before + 1


def test_however_many_rows_a_page_asks_the_same_number_of_queries(
    as_owner: Client, owner: User, project: Project, happen: Happen, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        issue_key(Actor.user(owner.pk), project=project, name=f"key {number}")
    record_pending()
    as_owner.get(URL)
    with django_assert_max_num_queries(16):
        assert len(rows_of(as_owner.get(URL))) == 50
    with django_assert_max_num_queries(11, using="vault"):
        as_owner.get(URL)


def test_every_action_has_words() -> None:
    assert set(Action) - WORDS.keys() == set()


def test_an_action_of_another_version_is_told_by_its_tag(as_owner: Client, organization: Organization) -> None:
    AuditEvent.objects.create(
        organization_id=organization.pk, actor="operator:command-line", action="llama:%(who)s<b>", target="x"
    )
    answer = as_owner.get(URL)
    assert sentence(rows_of(answer)[0]) == "Operator at the server did llama.%(who)s<b> to "
    assert "<bdi>llama.%(who)s&lt;b&gt;</bdi>" in text_of(answer)


def test_people_without_a_name_are_told_as_what_they_are(
    as_owner: Client, owner: User, member: User, happen: Happen
) -> None:
    happen(Action.MEMBER_ROLE_CHANGED, target=owner.pk)
    happen(Action.MEMBER_ROLE_CHANGED, target=member.pk)
    happen(Action.MEMBER_INVITED, target=new_id())
    invited, other, own = rows_of(as_owner.get(URL))[:3]
    assert sentence(own) == "Operator at the server changed the role of you"
    assert sentence(other) == "Operator at the server changed the role of a member"
    assert sentence(invited) == "Operator at the server sent the invitation ", "an invitation is no member"
    assert invited.target.hint


def test_one_name_in_two_payloads_has_two_meanings(as_owner: Client, owner: User, happen: Happen) -> None:
    happen(Action.PROJECT_RETENTION_CHANGED, days=7, former=3)
    happen(Action.OWNERSHIP_TRANSFERRED, former=str(owner.pk))
    handed_over, kept = rows_of(as_owner.get(URL))[:2]
    assert handed_over.facts == (("Former owner", str(owner.pk)),)
    assert ("Days that content was kept", "3") in kept.facts
