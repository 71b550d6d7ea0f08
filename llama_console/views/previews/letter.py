"""A letter as mail programs show it: in light and in dark, and as plain text.

The HTML is served to frames alone, with a policy of its own: styles in place, as mail has them, and nothing else.
"""

from collections.abc import Callable
from typing import Any, cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from llama_console.views.previews.request import View, address, development_only, frame, kind_of, language_of
from notifications.kinds import Kind
from notifications.models import Channel
from notifications.rendering import Mail, mail
from notifications.specimen import specimen
from trust.purposes import named
from vault.purposes import Purpose

SCHEMES = ("light", "dark")
_IN_A_FRAME = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    "sandbox": [True],
}


def _policy(decorator: Any) -> Callable[[View], View]:
    """Return a decorator of django-csp with the type that it has: its own knows no views of more than a request."""
    return cast("Callable[[View], View]", decorator)


@development_only
@_policy(csp_update({"frame-src": [SELF]}))
@require_GET
def letter(request: HttpRequest, kind: str) -> HttpResponse:
    found = kind_of(kind, Channel.EMAIL)
    context = frame(request, found, "letter")
    context |= _envelope(mail(specimen(found, context["language"])))
    context["frames"] = [_frame(found, context["language"], scheme) for scheme in SCHEMES]
    return render(request, "previews/letter.html", context)


@development_only
@require_GET
def plain(request: HttpRequest, kind: str) -> HttpResponse:
    found = kind_of(kind, Channel.EMAIL)
    context = frame(request, found, "plain")
    made = mail(specimen(found, context["language"]))
    return render(request, "previews/plain.html", context | _envelope(made) | {"text": made.text})


@development_only
@_policy(csp(_IN_A_FRAME))
@xframe_options_sameorigin
@require_GET
def html(request: HttpRequest, kind: str) -> HttpResponse:
    scheme = request.GET.get("scheme", "")
    if scheme not in SCHEMES:
        raise Http404
    made = mail(specimen(kind_of(kind, Channel.EMAIL), language_of(request)))
    return HttpResponse(in_scheme(made.html, scheme))


def in_scheme(letter: str, scheme: str) -> str:
    """Return a letter that shows one scheme, whatever the browser's is."""
    applies = "@media all" if scheme == "dark" else "@media not all"
    return letter.replace("@media (prefers-color-scheme:dark)", applies).replace("light dark", scheme)


def _envelope(made: Mail) -> dict[str, Any]:
    return {
        "subject": made.subject,
        "sender": settings.DEFAULT_FROM_EMAIL,
        "purpose": named(Purpose.EMAIL_NOTIFICATION).name,
        "size": f"{max(1, round(len(made.html.encode()) / 1024))} KB, no images, no tracking",
    }


def _frame(kind: Kind, language: str, scheme: str) -> dict[str, str]:
    return {"scheme": scheme, "url": address("html", kind, language, scheme=scheme)}
