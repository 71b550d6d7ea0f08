"""Who runs the installation is named and dismissed at the server, on the record, and without a trace of an address."""

import io
import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.actions import erase_user, make_operator
from accounts.models import User
from accounts.policy import operates
from ledger.actor import Actor
from ledger.events import pending_entries
from ledger.ids import INSTALLATION
from ledger.models import AuditEvent

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("make_operator", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def is_operator(user: User) -> bool:
    return operates(User.objects.get(pk=user.pk))


def events() -> list[tuple[str, str, str]]:
    found = AuditEvent.objects.filter(action__startswith="operator:").order_by("pk")
    return list(found.values_list("action", "actor", "target"))


def test_nobody_is_an_operator_unless_named(owner: User) -> None:
    assert not is_operator(owner)


def test_the_command_names_and_dismisses_on_the_record(owner: User) -> None:
    assert run("Olivia@Example.com") == f"{owner.pk} is an operator now.\n"
    assert is_operator(owner)
    assert run("olivia@example.com", "--remove") == f"{owner.pk} is no operator any more.\n"
    assert not is_operator(owner)
    assert events() == [
        ("operator:made", "operator:command-line", str(owner.pk)),
        ("operator:removed", "operator:command-line", str(owner.pk)),
    ]


def test_it_stands_in_the_installations_chain(owner: User) -> None:
    make_operator(OPERATOR, user=owner)
    assert [entry.tenant for entry in pending_entries() if entry.more["action"] == "operator:made"] == [INSTALLATION]


def test_doing_it_twice_changes_and_records_nothing(owner: User) -> None:
    run("olivia@example.com")
    assert run("olivia@example.com") == f"{owner.pk} was an operator before.\n"
    run("olivia@example.com", "--remove")
    assert run("olivia@example.com", "--remove") == f"{owner.pk} was no operator.\n"
    assert len(events()) == 2


def test_the_address_can_come_from_standard_input(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("olivia@example.com\n"))
    run("-")
    assert is_operator(owner)


@pytest.mark.parametrize("address", ["nobody@example.com", "", "nobody", "@"])
def test_who_has_no_account_is_said_to_have_none(owner: User, address: str) -> None:
    with pytest.raises(CommandError, match=r"^Nobody has this address\.$"):
        run(address)


def test_an_address_that_nobody_proved_makes_no_operator(db: None) -> None:
    squatter = User.objects.create_user("squatter@example.com", None)
    with pytest.raises(CommandError, match="not verified"):
        run("squatter@example.com")
    assert not is_operator(squatter)


def test_no_output_log_or_event_holds_the_address(owner: User, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        said = run("olivia@example.com") + run("olivia@example.com", "--remove")
    assert "olivia" not in (said + caplog.text + str(list(AuditEvent.objects.values_list()))).lower()


def test_who_is_erased_or_inactive_is_no_operator_any_more(outsider: User, owner: User) -> None:
    make_operator(OPERATOR, user=owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert not is_operator(owner)
    make_operator(OPERATOR, user=outsider)
    outsider.memberships.all().delete()
    erase_user(OPERATOR, outsider)
    assert not User.objects.get(pk=outsider.pk).is_operator
