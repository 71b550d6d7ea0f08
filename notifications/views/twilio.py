"""Twilio's webhook: somebody answered a text. STOP ends all texts to their number, START lets them come again.

Set `CONSOLE_ORIGIN/hooks/twilio/` as the number's or messaging service's address for incoming messages.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications import fingerprints, suppressions
from notifications.models import Channel, Reason
from notifications.sms.numbers import e164
from notifications.sms.signature import is_signed

STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "YES", "UNSTOP"}
_NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


@csrf_exempt
@login_not_required
@require_POST
def reply(request: HttpRequest) -> HttpResponse:
    """Take an incoming message. Twilio answers the keywords itself, so we say nothing."""
    url = settings.CONSOLE_ORIGIN + request.get_full_path()
    if not is_signed(url, request.POST, request.headers.get("X-Twilio-Signature", ""), settings.TWILIO_TOKEN):
        raise PermissionDenied
    number = e164(request.POST.get("From", ""))
    if number is not None:
        _obey(number, _word(request))
    return HttpResponse(_NO_ANSWER, content_type="text/xml")


def _word(request: HttpRequest) -> str:
    """Return the keyword; with Advanced Opt-Out, Twilio says itself what a word of any language means."""
    return (request.POST.get("OptOutType") or request.POST.get("Body", "")).strip().upper()


def _obey(number: str, word: str) -> None:
    fingerprint = fingerprints.of_number(number)
    if word in STOP:
        suppressions.suppress(Channel.SMS, fingerprint, Reason.STOPPED)
    elif word in START:
        suppressions.lift(Channel.SMS, fingerprint)
