"""What the makers of keys are told."""

import pytest
from django.core import mail

from accounts.models import Membership, Project, User
from keys.actions import issue_key, revoke_key
from ledger.actor import Actor
from notifications import outbox
from notifications.models import OutboxMessage
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def test_who_made_a_key_hears_of_it_and_of_its_end_and_nobody_else_does(
    owner: User, member: User, project: Project
) -> None:
    key, secret = issue_key(Actor.user(member.pk), project=project, name="Nightly evaluation", creator=member)
    revoke_key(Actor.user(owner.pk), key)
    send_all()
    assert [letter.to for letter in mail.outbox] == [["mira@example.com"]] * 2
    assert [letter.subject for letter in mail.outbox] == [
        "New API key in Llamas of Lisbon: Nightly evaluation",
        "API key revoked in Llamas of Lisbon: Nightly evaluation",
    ]
    assert secret not in str([letter.message() for letter in mail.outbox])


def test_who_left_meanwhile_is_told_nothing_more(member: User, project: Project) -> None:
    issue_key(Actor.user(member.pk), project=project, name="ci", creator=member)
    Membership.objects.filter(user=member).delete()
    send_all()
    assert mail.outbox == []
    message = OutboxMessage.objects.get()
    assert (message.error, bool(message.sent_at)) == (outbox.WITHDRAWN, True)


def test_a_key_of_the_command_line_has_no_maker_to_tell(project: Project) -> None:
    key, _ = issue_key(OPERATOR, project=project, name="ci")
    revoke_key(OPERATOR, key)
    assert not OutboxMessage.objects.exists()


def test_a_hostile_name_stays_in_its_place(member: User, project: Project) -> None:
    name = "<img src=x>\r\nBcc: everybody@example.com"
    issue_key(Actor.user(member.pk), project=project, name=name, creator=member)
    send_all()
    (letter,) = mail.outbox
    assert letter.recipients() == ["mira@example.com"]
    assert "\n" not in letter.subject
    assert "<img" not in str(letter.alternatives[0].content)
