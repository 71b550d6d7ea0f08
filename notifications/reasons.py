"""Why a message did not go out, in words for whom it was for. What operators read names the code and the cure."""

from django.utils.translation import gettext_lazy

from notifications.models import Channel

_OUR_FAULT = gettext_lazy("Something went wrong on our side.")
_MAIL_SERVER = gettext_lazy("Your mail server did not take it.")
_OUR_MAIL_SERVER = gettext_lazy("Our mail server could not be reached.")
_CARRIER = gettext_lazy("The text message service did not take it.")
_STOPPED = gettext_lazy("Your number asked for no more text messages. Answer START to get them again.")
_REASONS = {
    "recipient-refused": gettext_lazy("Your mail server says that it does not know your address."),
    "mail-server-unreachable": _OUR_MAIL_SERVER,
    "mail-provider-failed": _OUR_MAIL_SERVER,
    "sms-no-number": gettext_lazy("Your account has no phone number."),
    "sms-invalid-number": gettext_lazy("No text message can go to your phone number."),
    "sms-stopped": _STOPPED,
    "sms-capped": gettext_lazy("Too many text messages were asked for in a short time."),
    "sms-throttled": _CARRIER,
    "sms-credentials": _CARRIER,
    "sms-not-configured": _CARRIER,
    "sms-provider-failed": _CARRIER,
    "sms-provider-unreachable": _CARRIER,
    "sms-unanswered": _CARRIER,
}
_FAMILIES = {"smtp": _MAIL_SERVER, "mail-provider": _MAIL_SERVER, "twilio": _CARRIER, "sns": _CARRIER}
_SUPPRESSED = {
    Channel.EMAIL: gettext_lazy("An earlier email to your address came back, or was called spam."),
    Channel.SMS: _STOPPED,
}


def reason(channel: str, code: str) -> str:
    """Return what an error's code means to the recipient; of a code that is not theirs to know, that it was us."""
    if code == "suppressed":
        return str(_SUPPRESSED.get(Channel(channel), _OUR_FAULT))
    return str(_REASONS.get(code) or _FAMILIES.get(code.rpartition("-")[0], _OUR_FAULT))
