"""The command for messages that were given up."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger.ids import new_id
from ledger.models import AuditEvent
from notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db


def dead(kind: str = "verify-email", error: str = "smtp-550") -> OutboxMessage:
    person = new_id()
    return OutboxMessage.objects.create(
        kind=kind, subject_id=person, recipient_id=person, attempts=8, tried=8, failed_at=timezone.now(), error=error
    )


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("requeue_messages", *arguments, stdout=out)
    return out.getvalue()


def test_without_arguments_it_lists_what_was_given_up() -> None:
    assert run() == "Nothing was given up.\n"
    dead()
    assert run().split() == ["1", "email", "verify-email", "smtp-550"]


@pytest.mark.parametrize("chosen", ["id", "kind", "error"])
def test_it_requeues_just_what_is_named(chosen: str) -> None:
    wanted, other = dead(), dead("already-registered", "failed")
    arguments = {"id": [str(wanted.pk)], "kind": ["--kind", "verify-email"], "error": ["--error", "smtp-550"]}
    assert run(*arguments[chosen]) == "1 requeued.\n"
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.payload["count"]) == ("operator:command-line", "messages:requeued", 1)
    assert list(OutboxMessage.objects.due(timezone.now())) == [wanted]
    assert list(OutboxMessage.objects.dead()) == [other]


def test_what_is_no_id_is_said_to_be_none() -> None:
    with pytest.raises(CommandError, match="no message's id"):
        run("not-an-id")
