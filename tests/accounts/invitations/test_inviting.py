"""Inviting: who may be, what becomes of each address, and how little mail a stranger gets."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.actions import (
    add_member,
    change_role,
    create_organization,
    decline,
    erase_organization,
    hash_token,
    invite,
    resend,
    revoke,
)
from accounts.actions.invitations import KEPT, LIFETIME, Offer, Wrong, purge_unanswered
from accounts.actions.roles import UnknownProject
from accounts.addressees import Verdict
from accounts.models import Invitation, InvitationIndex, Membership, Organization, Refusal, Role, User
from accounts.policy import Access
from accounts.strangers import REMEMBERED
from ledger.actor import Actor
from ledger.models import AuditEvent, LeafBody
from notifications.models import OutboxMessage
from tests.accounts.invitations.conftest import NEW, OPERATOR, Invite, newest_token, tomorrow
from tests.conftest import MIRA, person
from tests.support.outbox import send_all
from vault.errors import VaultError
from vault.unsealer import unsealer
from vault.unsealer.messages import Value

pytestmark = pytest.mark.django_db


def events() -> list[str]:
    found = AuditEvent.objects.filter(action__regex="^(invitation:|member:invited)").order_by("pk")
    return [event.action for event in found]


def test_who_is_invited_gets_a_letter_with_their_role_and_two_links(ask: Invite, organization: Organization) -> None:
    assert ask(role=Role.DEVELOPER) == [Verdict.INVITED]
    send_all()
    (letter,) = mail.outbox
    assert (letter.to, organization.name in letter.subject) == ([NEW], True)
    assert "Developer" in letter.body
    assert f"/invitations/{newest_token()}/decline/" in letter.body
    assert events() == ["member:invited"]


def test_each_address_has_a_verdict_of_its_own(ask: Invite, member: User, organization: Organization) -> None:
    assert ask(MIRA.email.upper(), NEW, NEW.lower(), "b@joiners.example") == [
        Verdict.MEMBER,
        Verdict.INVITED,
        Verdict.INVITED,
        Verdict.INVITED,
    ]
    assert ask(NEW.upper(), "b+1@joiners.example") == [Verdict.ALREADY, Verdict.INVITED]
    assert Invitation.objects.count() == 3


def test_two_organizations_rows_cannot_be_linked(ask: Invite, nina: User, outsider: User) -> None:
    ask()
    other = Organization.objects.visible_to(outsider).get()
    offer = Offer(Access(Role.VIEWER), "en", outsider)
    assert invite(Actor.user(outsider.pk), organization=other, addresses=[NEW], offer=offer) == [Verdict.INVITED]
    values = [bytes(value) for value in InvitationIndex.objects.values_list("value", flat=True)]
    values += [bytes(value) for value in nina.email_indexes.values_list("value", flat=True)]
    assert len(values) == len(set(values)) == 3


def test_who_has_an_account_elsewhere_gets_the_same_verdict_as_a_stranger(ask: Invite, outsider: User) -> None:
    assert ask("otto@example.com", NEW) == [Verdict.INVITED] * 2


def test_nobody_invites_to_more_than_they_have(ask: Invite, admin: User, member: User) -> None:
    for by, role in ((admin, Role.OWNER), (member, Role.VIEWER)):
        with pytest.raises(PermissionDenied):
            ask(by=by, role=role)
    assert not Invitation.objects.exists()
    assert ask(by=admin, role=Role.ADMIN) == [Verdict.INVITED]


def test_projects_of_another_organization_are_refused(ask: Invite, outsider: User) -> None:
    foreign = Organization.objects.visible_to(outsider).get().projects.get()
    with pytest.raises(UnknownProject):
        ask(projects={foreign.pk: Role.VIEWER})
    assert not Invitation.objects.exists()


def test_a_mailbox_gets_one_letter_a_day_of_an_organization(ask: Invite, owner: User, invitation: Invitation) -> None:
    with pytest.raises(Wrong) as caught:
        resend(Actor.user(owner.pk), invitation, owner)
    assert caught.value.verdict is Verdict.TODAY
    assert revoke(Actor.user(owner.pk), invitation)
    assert ask(NEW.upper()) == [Verdict.TODAY]
    tomorrow()
    assert ask(NEW.upper()) == [Verdict.INVITED]


def test_a_mailbox_gets_three_letters_a_day_of_all_organizations_and_nobody_is_told(owner: User) -> None:
    verdicts = []
    for number in range(5):
        user = person(f"o{number}@example.com")
        offer = Offer(Access(Role.VIEWER), "en")
        verdicts += invite(OPERATOR, organization=_organization(user, number), addresses=[NEW], offer=offer)
    assert verdicts == [Verdict.INVITED] * 5
    now = timezone.now()
    assert [message.run_at > now for message in OutboxMessage.objects.order_by("pk")] == [False] * 3 + [True] * 2


def _organization(owner: User, number: int) -> Organization:
    return create_organization(OPERATOR, name=f"Organization {number}", owner=owner)


def test_an_organization_sends_so_many_a_day(ask: Invite, settings: Any) -> None:
    settings.INVITATIONS_PER_DAY = 2
    assert ask(*(f"{number}@joiners.example" for number in range(3))) == [Verdict.INVITED] * 2 + [Verdict.TOO_MANY]
    tomorrow()
    assert ask("2@joiners.example") == [Verdict.INVITED]


def test_a_no_is_remembered_by_that_organization_for_half_a_year(ask: Invite, token: str, outsider: User) -> None:
    assert decline(hash_token(token))
    assert not Invitation.objects.exists()
    tomorrow()
    assert ask(NEW.upper()) == [Verdict.REFUSED]
    other = Organization.objects.visible_to(outsider).get()
    offer = Offer(Access(Role.VIEWER), "en")
    assert invite(OPERATOR, organization=other, addresses=[NEW], offer=offer) == [Verdict.INVITED]
    Refusal.objects.update(at=timezone.now() - REMEMBERED)
    assert ask() == [Verdict.INVITED]
    purge_unanswered(timezone.now() + timedelta(minutes=1))
    assert not Refusal.objects.exists()


def test_to_send_it_again_makes_a_new_link_and_kills_the_old_one_at_once(
    admin: User, invitation: Invitation, token: str
) -> None:
    tomorrow()
    Invitation.objects.update(expires_at=timezone.now())
    resend(Actor.user(admin.pk), invitation, admin)
    invitation.refresh_from_db()
    assert (invitation.token_hash, invitation.invited_by) == (None, admin)
    assert abs(invitation.expires_at - timezone.now() - LIFETIME) < timedelta(minutes=1)
    send_all()
    invitation.refresh_from_db()
    assert invitation.token_hash == hash_token(newest_token()) != hash_token(token)
    assert events() == ["member:invited", "invitation:resent"]


def test_an_admin_neither_resends_nor_revokes_what_an_owner_alone_may_give(ask: Invite, admin: User) -> None:
    ask(role=Role.OWNER)
    invitation = Invitation.objects.get()
    tomorrow()
    for act in (resend, revoke):
        with pytest.raises(PermissionDenied):
            act(Actor.user(admin.pk), invitation)
    assert events() == ["member:invited"]


def test_a_letter_that_nobody_stands_for_any_more_is_not_sent(ask: Invite, admin: User) -> None:
    ask(by=admin)
    change_role(OPERATOR, membership=Membership.objects.get(user=admin), role=Role.VIEWER)
    send_all()
    assert [letter.to for letter in mail.outbox] == [["ada@example.com"]]  # of their role
    assert Invitation.objects.get().voided_at
    assert events() == ["member:invited", "invitation:voided"]


def test_an_expired_or_void_invitation_makes_room_for_a_new_one(ask: Invite, invitation: Invitation) -> None:
    tomorrow()
    Invitation.objects.update(expires_at=timezone.now())
    assert ask(role=Role.ADMIN) == [Verdict.INVITED]
    assert Invitation.objects.get() != invitation


def test_seats_count_members_and_open_invitations(ask: Invite, member: User, organization: Organization) -> None:
    call_command("set_seats", "3", organization=organization.slug, stdout=StringIO())
    assert ask("1@joiners.example", "2@joiners.example") == [Verdict.INVITED, Verdict.NO_SEAT]
    assert ask(MIRA.email) == [Verdict.MEMBER]
    Invitation.objects.update(expires_at=timezone.now())
    assert ask("2@joiners.example") == [Verdict.INVITED]
    tomorrow()
    with pytest.raises(Wrong) as caught:
        resend(OPERATOR, Invitation.objects.order_by("pk")[0])
    assert caught.value.verdict is Verdict.NO_SEAT
    out = StringIO()
    call_command("set_seats", organization=organization.slug, stdout=out)
    assert out.getvalue() == "llamas-of-lisbon has no limit of seats and 2 members.\n"
    assert ask("3@joiners.example") == [Verdict.INVITED]
    assert AuditEvent.objects.filter(action="organization:seats-set").count() == 2


@pytest.mark.parametrize(("slug", "seats"), [("nobody", "3"), ("llamas-of-lisbon", "0")])
def test_seats_of_nobody_and_none_are_refused(organization: Organization, slug: str, seats: str) -> None:
    with pytest.raises(CommandError):
        call_command("set_seats", seats, organization=slug)


def test_addresses_go_30_days_after_the_invitation_ended(ask: Invite, invitation: Invitation) -> None:
    ends = invitation.expires_at
    assert purge_unanswered(ends + KEPT - timedelta(minutes=1)) == 0
    assert purge_unanswered(ends + KEPT + timedelta(minutes=1)) == 1
    assert not Invitation.objects.exists()
    assert not InvitationIndex.objects.exists()
    assert events() == ["member:invited", "invitation:purged"]
    assert timedelta(days=30) == KEPT


def test_an_erased_organization_keeps_nothing_of_the_invited(
    ask: Invite, organization: Organization, token: str
) -> None:
    assert decline(hash_token(token))
    ask("b@joiners.example")
    erase_organization(OPERATOR, organization)
    assert not [model for model in (Invitation, InvitationIndex, Refusal) if model.objects.exists()]
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


def test_what_an_invitation_gives_is_sealed_and_an_event_stands_for_it(ask: Invite, invitation: Invitation) -> None:
    event = AuditEvent.objects.get(action="member:invited")
    assert (event.target, set(event.payload)) == (str(invitation.pk), {"commitment"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT access, email FROM accounts_invitation")
        row = b"".join(map(bytes, cursor.fetchone()))
    assert b"viewer" not in row
    assert b"nina" not in row.lower()


def test_the_invited_are_found_under_a_new_index_key(ask: Invite, invitation: Invitation, token: str) -> None:
    before = InvitationIndex.objects.get()
    call_command("rotate_index", stdout=StringIO())
    after = InvitationIndex.objects.get()
    assert (after.version, after.invitation) == (before.version + 1, invitation)
    assert after.value != before.value
    tomorrow()
    assert ask(NEW.lower()) == [Verdict.ALREADY]


def test_an_index_of_another_organization_is_not_to_be_had_by_naming_it(outsider: User, invitation: Invitation) -> None:
    message = invitation.email.message()
    forged = Value(message.label, message.pk, Organization.objects.visible_to(outsider).get().pk, message.data)
    with pytest.raises(VaultError):
        unsealer().reindex_emails(str(OPERATOR), [forged])


def test_inviting_opens_nothing_but_the_inviters_role(ask: Invite, organization: Organization) -> None:
    before = LeafBody.objects.count()
    ask(*(f"{number}@joiners.example" for number in range(5)))
    leaves = LeafBody.objects.order_by("position")[before:]
    assert [leaf.purpose for leaf in leaves] == ["authorization"]


def test_who_is_a_member_by_then_needs_no_invitation(ask: Invite, organization: Organization, nina: User) -> None:
    ask()
    add_member(OPERATOR, organization=organization, user=nina, role=Role.VIEWER)
    tomorrow()
    assert ask() == [Verdict.MEMBER]
