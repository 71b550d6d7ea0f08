"""What a preview is asked for: a kind with a channel, a language. And where its other sides are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from notifications.kinds import KINDS, Kind
from notifications.models import Channel

_LANGUAGES = dict(settings.LANGUAGES)
_SIDES = (("Email", "letter", Channel.EMAIL), ("Plain text", "plain", Channel.EMAIL), ("SMS", "sms", Channel.SMS))
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    is_current: bool
    language: str = ""


def development_only(view: View) -> View:
    """Answer as if there were no such page, should an address of it ever be in production."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEVELOPMENT:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def kind_of(name: str, channel: Channel) -> Kind:
    kind = KINDS.get(name)
    if kind is None or channel not in kind.channels:
        raise Http404
    return kind


def language_of(request: HttpRequest) -> str:
    language = request.GET.get("language", "en")
    if language not in _LANGUAGES:
        raise Http404
    return language


def address(side: str, kind: Kind, language: str, **query: str) -> str:
    return reverse(f"previews:{side}", args=[kind.name], query={"language": language, **query})


def first_side(kind: Kind) -> str:
    return "letter" if Channel.EMAIL in kind.channels else "sms"


def frame(request: HttpRequest, kind: Kind, side: str) -> dict[str, Any]:
    """Return what all sides of a preview show: its title, and the links to the other sides and languages."""
    language = language_of(request)
    return {
        "kind": kind,
        "language": language,
        "sides": [
            Link(label, address(name, kind, language), name == side)
            for label, name, channel in _SIDES
            if channel in kind.channels
        ],
        "languages": [
            Link(label, address(side, kind, code), code == language, code) for code, label in _LANGUAGES.items()
        ],
    }
