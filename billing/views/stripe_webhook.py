"""Where Stripe tells what happened. It is kept and answered; a worker asks Stripe for what it is about.

Set `CONSOLE_ORIGIN/stripe/webhook/` as the endpoint's address; docs/billing-stripe.md names the events.
"""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.rail import inbox
from billing.rail.errors import RailError

_LARGEST = 512 * 1024  # bytes; an event with an invoice of 250 lines is about half of it


@csrf_exempt
@login_not_required
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Take an event: 200 if it is kept, also if it was before; 400 if Stripe did not sign it, or not lately."""
    body = _body(request)
    if body is None:
        return _answer("too large", 413)
    try:
        is_new = inbox.receive(body, request.headers.get("Stripe-Signature", ""))
    except RailError as error:
        return _answer(error.code, 400)
    return _answer("kept" if is_new else "known", 200)


def _body(request: HttpRequest) -> bytes | None:
    """Return the raw bytes, which are what is signed; None if there are too many."""
    try:
        body = request.body if int(request.META.get("CONTENT_LENGTH") or 0) <= _LARGEST else None
    except (RequestDataTooBig, ValueError):
        return None
    return body


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)
