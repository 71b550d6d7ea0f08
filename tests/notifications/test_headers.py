"""Names with line ends, and addresses that are none: nobody gets a header or a mail that was not meant for them."""

import pytest

from accounts.models import User
from ledger.ids import new_id
from notifications import email
from notifications.email import deliver
from notifications.failure import DeliveryError
from notifications.kinds import Topic
from notifications.kinds.kind import kind
from notifications.letter import Letter
from notifications.models import OutboxMessage
from notifications.notices import Facts, notice
from notifications.wording import Wording
from tests.conftest import OLIVIA, OTTO
from tests.notifications.faults.post_office import PostOffice

pytestmark = pytest.mark.django_db
ENDS = ["\n", "\r", "\r\n", "\r\n\r\n", "\n\n", "\r\n ", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"]
OTHERS = ["\x85", "\u2028", "\u2029", "\x00", "\x1b[2J", "=0D=0A", "%0d%0a", "?=\t=?utf-8?q?"]
_team = ["Llamas"]


@kind("test-letter", "A letter of the tests", Topic.TEAM, sample={"team": "Llamas"}, required=True)
def _word(team: str) -> Wording:
    return Wording(f"Join {team}", paragraphs=[f"{team} is waiting."])


@notice("test-letter")
def _about(subject_id: object, to: User) -> Facts:
    return {"team": _team[0]}


def with_address(address: str) -> User:
    """A user whom no form let in."""
    return User.objects.get(pk=User.objects.create(email=address).pk)


def send(user: User, team: str = "Llamas") -> None:
    _team[0] = team
    assert deliver(OutboxMessage(kind="test-letter", subject_id=new_id(), recipient_id=user.pk))


def refused(user: User) -> tuple[str, bool]:
    with pytest.raises(DeliveryError) as caught:
        send(user)
    return caught.value.code, caught.value.permanent


@pytest.mark.parametrize("end", [*ENDS, *OTHERS])
def test_a_name_with_a_line_end_adds_no_header_and_no_recipient(owner: User, post_office: PostOffice, end: str) -> None:
    send(owner, f"Llamas{end}Bcc: {OTTO.email}{end}{end}X-Evil: 1")
    assert post_office.newest
    assert post_office.recipients == [OLIVIA.email]
    assert {"bcc", "x-evil"}.isdisjoint(name.lower() for name in post_office.newest)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("header", ["Subject", "List-Unsubscribe"])
def test_a_line_end_that_came_as_far_as_a_header_sends_nothing(post_office: PostOffice, header: str, end: str) -> None:
    headers = {"Subject": "Join", header: f"Join{end}Bcc: {OTTO.email}"}
    letter = Letter(headers.pop("Subject"), "text", "<p>text</p>", OLIVIA.email, headers)
    with pytest.raises(DeliveryError) as caught:
        email._send(letter)
    assert (caught.value.code, caught.value.permanent) == ("bad-header", True)
    assert post_office.taken == []


@pytest.mark.parametrize(
    "address",
    [
        "olivia@example.com\nBcc: otto@example.com",
        "olivia@example.com\r\n.\r\nMAIL FROM:<a@example.com>",
        "olivia@example.com, otto@example.com",
        "olivia@example.com otto@example.com",
        "olivia@example.com>\0<otto@example.com",
        "Olivia <olivia@example.com>, <otto@example.com>",
        "olivia",
        "root",
        "",
        " ",
        "@example.com",
        "olivia@",
        "olivia@ex ample.com",
        "olivia@example..com",
        "olivia@" + "x" * 64 + ".com",
        "olivia@" + "ü" * 60 + ".com",
        "olivia@example.com " + "x" * 10_000,
    ],
)
def test_what_is_no_address_gets_no_mail_and_nobody_else_does(post_office: PostOffice, address: str) -> None:
    assert refused(with_address(address)) == ("invalid-address", True)
    assert post_office.recipients == []


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("olivia+news@example.com", "olivia+news@example.com"),
        ("o'hara@example.com", "o'hara@example.com"),
        ("olivia@münchen.example", "olivia@xn--mnchen-3ya.example"),
        ("olivia@[192.0.2.1]", "olivia@[192.0.2.1]"),
        ('"a.b"@example.com', "a.b@example.com"),
    ],
)
def test_an_unusual_address_gets_its_mail(post_office: PostOffice, address: str, sent_to: str) -> None:
    send(with_address(address))
    assert post_office.recipients == [sent_to]
