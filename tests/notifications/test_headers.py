"""Names with line ends, and addresses that are none: nobody gets a header or a mail that was not meant for them."""

import pytest

from accounts.models import User
from ledger.ids import new_id
from notifications.email import deliver
from notifications.failure import DeliveryError
from notifications.notices import Letter
from tests.conftest import OLIVIA, OTTO
from tests.notifications.faults.post_office import PostOffice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_letter_templates")]


def with_address(address: str) -> User:
    """A user whom no form let in."""
    return User.objects.get(pk=User.objects.create(email=address).pk)


def send(user: User, team: str = "Llamas") -> None:
    deliver(Letter(user, "test/letter", {"team": team}), new_id())


def refused(user: User, team: str = "Llamas") -> tuple[str, bool]:
    with pytest.raises(DeliveryError) as caught:
        send(user, team)
    return caught.value.code, caught.value.permanent


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\r\n\r\n", "\n\n", "\r\n "])
def test_a_line_end_in_a_subject_sends_nothing(owner: User, post_office: PostOffice, end: str) -> None:
    assert refused(owner, f"Llamas{end}Bcc: otto@example.com{end}{end}Hello") == ("bad-header", True)
    assert post_office.taken == []


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e"])
def test_what_python_takes_for_a_line_end_sends_nothing(owner: User, post_office: PostOffice, end: str) -> None:
    assert refused(owner, f"Llamas{end}Bcc: otto@example.com{end}X-Evil: 1") == ("bad-header", True)
    assert post_office.taken == []


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029", "\x00", "\x1b[2J", "=0D=0A", "%0d%0a", "?=\t=?utf-8?q?"])
def test_what_others_take_for_a_line_end_adds_no_header_and_no_recipient(
    owner: User, post_office: PostOffice, end: str
) -> None:
    send(owner, f"Llamas{end}Bcc: {OTTO.email}{end}X-Evil: 1")
    assert post_office.newest
    assert post_office.recipients == [OLIVIA.email]
    assert {"bcc", "x-evil"}.isdisjoint(name.lower() for name in post_office.newest)


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
