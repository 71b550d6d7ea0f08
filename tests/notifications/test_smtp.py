"""Mail servers that refuse, break off and disappear: what is passing is tried again, and nothing is lost or guessed."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from notifications import outbox
from notifications.models import OutboxMessage, Suppression
from notifications.tasks import batches
from tests.conftest import MIRA, OLIVIA, OTTO
from tests.notifications.faults.post_office import DROPPED, PostOffice
from tests.vault.roots.stub import closed_port, silent_port

pytestmark = pytest.mark.django_db


def put(user: User) -> OutboxMessage:
    return outbox.put("already-registered", user.pk, recipient_id=user.pk)


def send_all() -> int:
    """Send what is due in one batch, whenever it is due."""
    OutboxMessage.objects.open().update(run_at=timezone.now())
    return outbox.send_all([(claim.id, claim.attempt) for claim in outbox.claim_due(timezone.now())])


def outcome(message: OutboxMessage) -> tuple[str, str]:
    message.refresh_from_db()
    return "sent" if message.sent_at else "given up" if message.failed_at else "waits", message.error


@pytest.mark.parametrize(
    ("command", "answer", "state", "error", "suppressed"),
    [
        ("MAIL", "421 too many connections", "waits", "smtp-421", False),
        ("MAIL", "452 no room", "waits", "smtp-452", False),
        ("MAIL", "553 not from here", "given up", "smtp-553", False),
        ("RCPT", "421 closing", "waits", "recipient-refused", False),
        ("RCPT", "450 busy", "waits", "recipient-refused", False),
        ("RCPT", "452 mailbox full", "waits", "recipient-refused", False),
        ("RCPT", "550 no such user", "given up", "recipient-refused", True),
        ("RCPT", "551 gone away", "given up", "recipient-refused", True),
        ("DATA", "421 closing", "waits", "smtp-421", False),
        ("DATA", "451 greylisted", "waits", "smtp-451", False),
        ("DATA", "552 too large", "given up", "smtp-552", False),
        ("DATA", "554 looks like spam", "given up", "smtp-554", False),
    ],
)
def test_each_answer_says_whether_to_try_again(
    owner: User, post_office: PostOffice, command: str, answer: str, state: str, error: str, suppressed: bool
) -> None:
    message = put(owner)
    if command == "DATA":
        post_office.before = lambda: answer
    else:
        post_office.answers[command] = answer
    assert send_all() == 0
    assert outcome(message) == (state, error)
    assert Suppression.objects.exists() == suppressed
    assert post_office.taken == []
    post_office.answers, post_office.before = {}, lambda: "250 taken"
    assert send_all() == (state == "waits")


def test_a_server_that_takes_a_mail_and_breaks_off_gets_it_again_under_its_id(
    owner: User, post_office: PostOffice
) -> None:
    message = put(owner)
    post_office.before = lambda: DROPPED
    assert send_all() == 0
    assert outcome(message) == ("waits", "mail-server-unreachable")
    post_office.before = lambda: "250 taken"
    assert send_all() == 1
    assert post_office.taken == [f"<{message.pk}@localhost>"] * 2


def test_a_server_that_is_away_or_silent_costs_a_try_and_no_mail(owner: User, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "notifications.smtp.EmailBackend", 0.2
    message = put(owner)
    settings.EMAIL_PORT = int(closed_port().rpartition(":")[2])
    send_all()
    assert outcome(message) == ("waits", "mail-server-unreachable")
    with silent_port() as url:
        settings.EMAIL_PORT = int(url.rpartition(":")[2])
        send_all()
    assert outcome(message) == ("waits", "mail-server-unreachable")


@pytest.fixture
def greeting(settings: Any) -> Iterator[list[bytes]]:
    """A server that says what the list holds, a line for whatever it is told, and hangs up."""
    lines: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_BACKEND = "notifications.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", listener.getsockname()[1], 1

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                for line in lines:
                    connection.sendall(line)
                    connection.recv(1024)

        threading.Thread(target=serve, daemon=True).start()
        yield lines


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ([b"554 no service here\r\n"], "smtp-554"),
        ([b"421 later\r\n"], "smtp-421"),
        ([b"220 hello\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n", b"535 wrong password\r\n"], "smtp-535"),
        ([b"220 hello\r\n", b"250 no logins here\r\n"], "mail-server-unreachable"),
        ([b"this is a hotel\r\n"], "mail-server-unreachable"),
        ([b"\x16\x03\x01" + b"x" * 10_000], "smtp-500"),
    ],
)
def test_a_server_that_does_not_let_us_in_is_the_operators_and_no_mail_is_lost(
    owner: User, settings: Any, greeting: list[bytes], said: list[bytes], error: str
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "console", "wrong"
    greeting.extend(said)
    message = put(owner)
    send_all()
    assert outcome(message) == ("waits", error)
    assert not Suppression.objects.exists()


def test_mails_of_a_batch_share_a_connection(owner: User, member: User, post_office: PostOffice) -> None:
    for user in (owner, member, owner, member):
        put(user)
    assert send_all() == 4
    assert post_office.connections == 1
    put(owner)
    assert send_all() == 1
    assert post_office.connections == 2


def test_a_refused_mail_takes_no_other_of_its_batch_with_it(
    owner: User, member: User, outsider: User, post_office: PostOffice
) -> None:
    first, second, third = put(owner), put(member), put(outsider)
    post_office.answers[f"RCPT {MIRA.email}"] = "550 no such user"
    assert send_all() == 2
    assert [outcome(each)[0] for each in (first, second, third)] == ["sent", "given up", "sent"]
    assert post_office.newest
    assert post_office.newest["To"] == OTTO.email != OLIVIA.email


def test_what_went_out_is_marked_whatever_happens_to_the_next_one(
    owner: User, member: User, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = put(owner), put(member)
    take = OutboxMessage.objects.take

    def away(self: Any, id: Any, attempt: int) -> bool:
        if post_office.taken:
            raise OperationalError
        return take(id, attempt)

    monkeypatch.setattr(type(OutboxMessage.objects), "take", away)
    with pytest.raises(OperationalError):
        send_all()
    assert [outcome(each)[0] for each in (first, second)] == ["sent", "waits"]


def test_what_gets_no_turn_is_given_back_untried(
    owner: User, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_TURN", 0.0)
    message = put(owner)
    assert send_all() == 0
    message.refresh_from_db()
    assert (message.tried, message.run_at <= timezone.now()) == (0, True)


def test_what_was_tried_before_goes_alone_and_much_goes_together(owner: User) -> None:
    messages = [put(owner) for _ in range(30)]
    OutboxMessage.objects.filter(pk__in=[message.pk for message in messages[:2]]).update(tried=1)
    sizes = {attempt: [] for attempt in (1, 2)}  # type: dict[int, list[int]]
    for batch in batches(outbox.claim_due(timezone.now())):
        sizes[batch[0].attempt].append(len(batch))
    assert sizes == {2: [1, 1], 1: [7, 7, 7, 7]}


def test_few_go_each_alone_so_that_workers_share_them(owner: User) -> None:
    for _ in range(4):
        put(owner)
    assert [len(batch) for batch in batches(outbox.claim_due(timezone.now()))] == [1, 1, 1, 1]
