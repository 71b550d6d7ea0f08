"""What an error's code means to who runs the installation, and what to do about it. A plain sentence each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    what: str
    todo: str


_RETRY = "Mend it, then requeue."
_NOTHING = "Nothing to do: requeued, it would end the same way."
_RECEIVER = "The endpoint’s owner has to mend it, and can send the event again from the Webhooks page."
_UNSEALER = "See docs/operate.md, The unsealer; requeue when it answers again."

_MEANINGS = {
    # any channel
    "failed": Meaning(
        "A mistake in the program stopped it.", "Look for “notice … failed” in the worker’s log, and report it."
    ),
    "worker-lost": Meaning(
        "Each worker that took it ended before it could say what came of it.",
        "Look for killed workers (memory, time) before you requeue: it may have gone out.",
    ),
    "suppressed": Meaning(
        "Nothing goes there any more: it bounced, was refused, or its owner asked for silence.",
        "If that is over, lift the suppression, then requeue.",
    ),
    "unsealer-away": Meaning("The unsealer did not answer, so no address could be opened.", _UNSEALER),
    "vault-away": Meaning("The vault’s database did not answer, so no address could be opened.", _UNSEALER),
    "not-recorded": Meaning("The ledger could not record the opening, so nothing was opened.", _UNSEALER),
    "root-provider-away": Meaning("Who holds the root keys did not answer, so no address could be opened.", _UNSEALER),
    "shredded": Meaning("The recipient was erased, and their key with them.", _NOTHING),
    "erased": Meaning("The recipient was erased.", _NOTHING),
    # email
    "recipient-refused": Meaning(
        "The mail server will not take mail for this address.",
        "The address is suppressed. Lift that first if it was a mistake.",
    ),
    "invalid-address": Meaning("What stands there is no email address.", _NOTHING),
    "bad-header": Meaning("The letter’s subject or sender would break its header.", "A mistake of ours: report it."),
    "mail-server-unreachable": Meaning("The mail server did not answer.", f"Check SMTP_URL and the server. {_RETRY}"),
    "mail-provider-failed": Meaning(
        "The email provider failed or did not answer.", "Look at the provider’s status, then requeue."
    ),
    # answers over HTTP
    "too-large": Meaning("The answer is longer than what is read.", "Whoever runs the other end has to mend it."),
    # text messages
    "sms-stopped": Meaning("The recipient answered STOP.", "Nothing goes to this number until it answers START."),
    "sms-capped": Meaning(
        "More texts were asked for than a cap allows.", "Look whether somebody pumps texts. Requeue what is genuine."
    ),
    "sms-no-number": Meaning("The recipient has no phone number.", _NOTHING),
    "sms-invalid-number": Meaning("The phone number is none that can get texts.", _NOTHING),
    "sms-not-one-segment": Meaning(
        "The text does not fit one segment.", "A mistake in a template or translation: report it."
    ),
    "sms-not-configured": Meaning("No provider for texts is set.", f"Set SMS_PROVIDER. {_RETRY}"),
    "sms-credentials": Meaning("The text provider refuses our credentials or permissions.", f"Check them. {_RETRY}"),
    "sms-throttled": Meaning("The text provider has had too many requests.", "Raise the limit there, then requeue."),
    "sms-provider-failed": Meaning("The text provider failed.", "Look at the provider’s status, then requeue."),
    "sms-provider-unreachable": Meaning("The text provider could not be reached.", f"Check the network. {_RETRY}"),
    "sms-unanswered": Meaning(
        "The text provider took the text and did not answer.", "It may have gone out: requeued, it may come twice."
    ),
    "sns-refused": Meaning("AWS SNS refuses the text.", "Look in the SNS delivery log for the reason."),
    # webhooks
    "endpoint-disabled": Meaning("The endpoint is disabled.", "Its owner enables it, then requeue."),
    "timeout": Meaning("The endpoint did not answer in time.", _RECEIVER),
    "tls": Meaning("The endpoint’s certificate is not valid.", _RECEIVER),
    "unreachable": Meaning("The endpoint could not be reached.", _RECEIVER),
    "no-address": Meaning("The endpoint’s host name has no address.", _RECEIVER),
    "forbidden-address": Meaning("The endpoint’s host leads into a private network.", _RECEIVER),
    "forbidden-url": Meaning("The endpoint’s URL is none that webhooks go to.", _RECEIVER),
}

_FAMILIES = {
    "smtp": Meaning(
        "The mail server answered {status}.", "Look the status up in the server’s log, mend it, then requeue."
    ),
    "mail-provider": Meaning("The email provider answered {status}.", "Check its key, quota and sender. Then requeue."),
    "twilio": Meaning(
        "Twilio answered with error {status}.", "Look the error up in Twilio’s console. Requeue once it is mended."
    ),
    "http": Meaning("The endpoint answered {status}.", _RECEIVER),
}

_UNKNOWN = Meaning("A sealed value could not be opened, or something unforeseen happened.", "Look in the worker’s log.")


def explain(code: str) -> Meaning:
    """Return what a code means; of one that nobody foresaw, that."""
    family, _, status = code.rpartition("-")
    if family in _FAMILIES and status.isdecimal():
        found = _FAMILIES[family]
        return Meaning(found.what.format(status=status), found.todo)
    return _MEANINGS.get(code, _UNKNOWN)
