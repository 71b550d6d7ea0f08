"""The command that lifts a suppression, without the address on the record."""

import io
import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ledger.models import AuditEvent
from notifications import fingerprints
from notifications.models import Channel, Reason, Suppression
from notifications.suppressions import suppress

pytestmark = pytest.mark.django_db
ADDRESS, NUMBER = "canary@example.com", "+351912345678"


@pytest.fixture(autouse=True)
def _suppressed() -> None:
    suppress(Channel.EMAIL, fingerprints.of_email(ADDRESS), Reason.BOUNCED)
    suppress(Channel.SMS, fingerprints.of_number(NUMBER), Reason.STOPPED)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("lift_suppression", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "reason", "channel"),
    [(["--email", "Canary@Example.com"], "bounced", "email"), (["--phone", "+351 912-345-678"], "stopped", "sms")],
)
def test_it_lifts_what_is_named_and_nothing_else(arguments: list[str], reason: str, channel: str) -> None:
    assert run(*arguments).startswith(f"Lifted. It was {reason} since ")
    assert not Suppression.objects.filter(channel=channel).exists()
    assert Suppression.objects.count() == 1
    event = AuditEvent.objects.get(action="suppression:lifted")
    assert (event.actor, event.target, event.payload) == ("operator:command-line", channel, {"reason": reason})


@pytest.mark.parametrize(("option", "typed"), [("--email", ADDRESS), ("--phone", NUMBER)])
def test_it_reads_from_standard_input_what_shall_not_stand_in_the_shells_history(
    option: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f" {typed}\n"))
    run(option, "-")
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--email", "other@example.com"], "Nothing is suppressed there"),
        (["--email", "canary"], "no address"),
        (["--email", ""], "no address"),
        (["--phone", "912345678"], "country code"),
        ([], "one of the arguments"),
        (["--email", ADDRESS, "--phone", NUMBER], "not allowed with"),
    ],
)
def test_it_says_what_is_wrong_and_lifts_nothing(arguments: list[str], problem: str) -> None:
    with pytest.raises(CommandError, match=problem):
        run(*arguments)
    assert Suppression.objects.count() == 2


def test_the_address_is_in_no_output_log_or_event(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        said = run("--email", ADDRESS)
    kept = said + caplog.text + str(list(AuditEvent.objects.values_list()))
    assert "canary" not in kept
    assert fingerprints.of_email(ADDRESS) not in kept
