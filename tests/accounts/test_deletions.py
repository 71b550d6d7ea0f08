"""Deletions: asked for in the console, cancelled by whom they concern, carried out by an operator's process."""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.actions import (
    LastOwner,
    add_member,
    cancel_deletion,
    change_role,
    leave_organization,
    schedule_deletion,
)
from accounts.actions import carrying_out as module
from accounts.actions.carrying_out import Outcome, carry_out
from accounts.deletion_links import find_by_token, token_of
from accounts.models import Deletion, Membership, Organization, Role, User
from accounts.models.deletion import Subject
from keys.actions import issue_key
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.erasure import receipt
from ledger.ids import new_id
from ledger.models import Action, AuditEvent, LeafBody, LeafType
from tests.conftest import person
from tests.support.outbox import send_all
from vault.events import record_pending
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def later(days: float = 7.1) -> datetime:
    return timezone.now() + timedelta(days=days)


def asked(subject: User | Organization, by: User) -> Deletion:
    deletion = schedule_deletion(Actor.user(by.pk), subject=subject, requested_by=by)
    record_pending()
    return deletion


def current(deletion: Deletion) -> Deletion:
    return Deletion.objects.get(pk=deletion.pk)


def destroyed(subject: User | Organization) -> bool:
    return LeafBody.objects.filter(tenant=subject.pk, type=LeafType.DESTRUCTION).exists()


def letters() -> list[tuple[str, str]]:
    send_all()
    return [(letter.to[0], letter.subject) for letter in mail.outbox]


def test_an_organization_is_deleted_after_its_days_of_grace(organization: Organization, owner: User) -> None:
    _, secret = issue_key(OPERATOR, project=organization.projects.get(), name="server")
    deletion = asked(organization, owner)
    assert (deletion.due_at - deletion.requested_at).days == 7
    assert carry_out(deletion, later(6.9)) is Outcome.UNRECORDED
    assert find_caller(secret) is not None
    assert carry_out(deletion, later()) is Outcome.DONE
    assert find_caller(secret) is None
    assert current(deletion).receipt == receipt(organization.pk)
    assert [body.type for body in LeafBody.objects.filter(tenant=organization.pk)] == [LeafType.DESTRUCTION]
    assert carry_out(current(deletion), later()) is Outcome.OVER


def test_asking_twice_is_one_deletion_and_one_event(organization: Organization, owner: User) -> None:
    assert asked(organization, owner) == asked(organization, owner)
    assert AuditEvent.objects.filter(action=Action.DELETION_SCHEDULED).count() == 1


def test_what_is_cancelled_stays_and_can_be_asked_for_again(organization: Organization, owner: User) -> None:
    deletion = asked(organization, owner)
    assert cancel_deletion(Actor.user(owner.pk), deletion=deletion)
    assert not cancel_deletion(Actor.user(owner.pk), deletion=deletion)
    assert carry_out(current(deletion), later()) is Outcome.UNRECORDED
    assert AuditEvent.objects.filter(action=Action.DELETION_CANCELLED, organization_id=organization.pk).count() == 1
    assert asked(organization, owner) != deletion
    assert not destroyed(organization)


def test_managers_hear_of_it_and_the_owner_gets_the_receipt_when_it_is_done(
    organization: Organization, owner: User, member: User, as_owner: Client, client: Client
) -> None:
    deletion = asked(organization, owner)
    assert [to for to, _ in letters()] == ["olivia@example.com"]
    mail.outbox.clear()
    record_pending()
    assert module._begin(deletion, later()) is not None
    assert letters() == []  # it is not true yet
    assert carry_out(current(deletion), later()) is Outcome.DONE
    assert letters() == [("olivia@example.com", "Llamas of Lisbon is deleted")]
    assert f"/deletions/{token_of(deletion.pk)}/" in mail.outbox[0].body


def test_a_person_gets_the_last_letter_before_their_address_is_destroyed(member: User) -> None:
    deletion = asked(member, member)
    assert [to for to, _ in letters()] == ["mira@example.com"]
    assert carry_out(deletion, later()) is Outcome.WAITING
    assert not destroyed(member)
    assert letters()[-1] == ("mira@example.com", "Your Llama console account is deleted")
    assert deletion.number in mail.outbox[-1].body
    assert carry_out(current(deletion), later()) is Outcome.DONE
    assert current(deletion).receipt == receipt(member.pk)


def test_a_letter_that_does_not_get_through_holds_a_deletion_up_for_a_day_at_most(member: User) -> None:
    deletion = asked(member, member)
    assert carry_out(deletion, later()) is Outcome.WAITING
    assert carry_out(current(deletion), later(8.2)) is Outcome.DONE


@pytest.mark.parametrize(
    "changes",
    [
        {"event_id": new_id()},
        {"requested_at": timezone.now() - timedelta(days=30), "due_at": timezone.now() - timedelta(days=20)},
        {"began_at": timezone.now() - timedelta(days=20)},
    ],
    ids=["of no event", "dated back", "marked as begun"],
)
def test_a_row_that_the_log_does_not_bear_out_destroys_nothing(
    organization: Organization, owner: User, changes: dict[str, Any]
) -> None:
    deletion = asked(organization, owner)
    Deletion.objects.filter(pk=deletion.pk).update(**changes)
    now = later() if "event_id" in changes else timezone.now()
    assert carry_out(current(deletion), now) is Outcome.UNRECORDED
    assert not destroyed(organization)


def test_a_row_about_somebody_else_than_its_event_destroys_nothing(organization: Organization, owner: User) -> None:
    deletion = asked(organization, owner)
    Deletion.objects.filter(pk=deletion.pk).update(subject_id=owner.pk, kind=Subject.USER)
    assert carry_out(current(deletion), later()) is Outcome.UNRECORDED
    assert not destroyed(owner)


def test_a_cancellation_that_was_taken_out_of_the_row_still_counts(member: User) -> None:
    deletion = asked(member, member)
    cancel_deletion(module._OPERATOR, deletion=deletion)  # of the operator's, so in the installation's chain
    Deletion.objects.filter(pk=deletion.pk).update(cancelled_at=None)
    assert carry_out(current(deletion), later()) is Outcome.UNRECORDED
    assert not destroyed(member)


def test_the_only_owner_is_refused_unless_the_organization_goes_first(organization: Organization, owner: User) -> None:
    with pytest.raises(LastOwner):
        asked(owner, owner)
    first = asked(organization, owner)
    second = asked(owner, owner)
    assert list(Deletion.objects.due(later())) == [first, second]
    assert carry_out(first, later()) is Outcome.DONE
    send_all()
    assert carry_out(second, later()) is Outcome.WAITING
    send_all()
    assert carry_out(current(second), later()) is Outcome.DONE


def test_an_organization_that_stays_after_all_keeps_its_only_owner(organization: Organization, owner: User) -> None:
    first, second = asked(organization, owner), asked(owner, owner)
    cancel_deletion(Actor.user(owner.pk), deletion=first)
    assert carry_out(second, later()) is Outcome.LAST_OWNER
    assert not destroyed(owner)


def test_an_owner_who_is_about_to_go_is_no_other_owner(organization: Organization, owner: User, member: User) -> None:
    membership = Membership.objects.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.OWNER)
    deletion = asked(owner, owner)
    with pytest.raises(LastOwner):
        leave_organization(Actor.user(member.pk), membership=membership)
    cancel_deletion(Actor.user(owner.pk), deletion=deletion)
    leave_organization(Actor.user(member.pk), membership=membership)


def test_what_was_killed_after_each_step_goes_on_to_the_same_receipt(
    organization: Organization, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    deletion = asked(organization, owner)
    for step in ("_tell", "_erase", "receipt"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(module, step, _killed)
            carry_out(current(deletion), later())
    said = receipt(organization.pk)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(
            unsealer(), "drop_bodies", lambda tenant: _killed(type(unsealer()).drop_bodies(unsealer(), tenant))
        )
        carry_out(current(deletion), later())
    assert [body.type for body in LeafBody.objects.filter(tenant=organization.pk)] == [LeafType.DESTRUCTION]
    assert carry_out(current(deletion), later()) is Outcome.DONE
    assert current(deletion).receipt == said


def _killed(*args: Any) -> None:
    raise KeyboardInterrupt


def test_the_command_carries_out_what_is_due_once(organization: Organization, owner: User, settings: Any) -> None:
    settings.DELETION_GRACE_DAYS = 0
    deletion = asked(organization, owner)
    out = StringIO()
    call_command("carry_out_deletions", stdout=out)
    assert out.getvalue() == f"{deletion.number} organization {organization.pk}: carried out\n"
    call_command("carry_out_deletions", stdout=out)
    assert out.getvalue().count("\n") == 1


def test_the_command_says_in_a_sentence_that_the_unsealer_is_away(
    organization: Organization, owner: User, settings: Any, tmp_path: Path
) -> None:
    settings.DELETION_GRACE_DAYS = 0
    asked(organization, owner)
    settings.UNSEALER_SOCKET = tmp_path / "nobody.sock"
    unsealer.cache_clear()
    with pytest.raises(CommandError, match="does not answer"):
        call_command("carry_out_deletions")


def test_the_page_of_a_deletion_needs_no_account_and_shows_each_state(
    organization: Organization, owner: User, client: Client
) -> None:
    deletion = asked(organization, owner)
    url = f"/deletions/{token_of(deletion.pk)}/"
    assert b"will be deleted" in client.get(url).content
    assert client.get(f"{url}receipt/").status_code == 404
    assert client.post(f"{url}cancellation/").status_code == 404  # only its owners keep an organization
    carry_out(deletion, later())
    assert b"The organization is deleted" in client.get(url).content
    answer = client.get(f"{url}receipt/")
    assert answer.json() == receipt(organization.pk)
    assert deletion.number in answer["Content-Disposition"]


def test_the_link_keeps_an_account(member: User, client: Client) -> None:
    deletion = asked(member, member)
    url = f"/deletions/{token_of(deletion.pk)}/"
    assert b"Keep the account" in client.get(url).content
    assert client.get(f"{url}cancellation/").status_code == 405
    assert b"The account stays" in client.post(f"{url}cancellation/", follow=True).content
    assert AuditEvent.objects.get(action=Action.DELETION_CANCELLED).actor == "system:deletion-link"


def test_links_that_are_nobodys_are_not_found_and_no_token_is_stored(
    organization: Organization, owner: User, client: Client
) -> None:
    deletion = asked(organization, owner)
    token = token_of(deletion.pk)
    assert find_by_token(token) == deletion
    assert bytes(current(deletion).token_hash).hex() not in token
    for path in ("", "receipt/"):
        assert client.get(f"/deletions/{token_of(new_id())}/{path}").status_code == 404
    assert client.post(f"/deletions/{token_of(new_id())}/cancellation/").status_code == 404


def test_people_who_only_belong_there_hear_nothing(organization: Organization, owner: User, member: User) -> None:
    add_member(OPERATOR, organization=organization, user=person("ada@example.com"), role=Role.ADMIN)
    asked(organization, owner)
    assert {to for to, _ in letters()} == {"olivia@example.com", "ada@example.com"}
