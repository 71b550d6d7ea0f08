"""Which language a page is in: that of whoever is signed in, otherwise what this browser chose or asks for.

Messages to people are in more languages than the pages: who chose one of those reads the pages in English.
"""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.models import User
from vault.errors import is_away

COOKIE = "language"


def of(request: HttpRequest) -> str:
    user = _user(request)
    if user is not None:
        return user.language if user.language in settings.PAGE_LANGUAGES else settings.LANGUAGE_CODE
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in settings.PAGE_LANGUAGES else _asked_for(request.headers.get("Accept-Language", ""))


def _user(request: HttpRequest) -> User | None:
    try:
        return request.user if isinstance(request.user, User) else None
    except Exception as error:
        if is_away(error):  # what the page needs of it fails there, and is told there
            return None
        raise


def _asked_for(header: str) -> str:
    asked = (name.partition("-")[0] for name, _ in parse_accept_lang_header(header))
    return next((name for name in asked if name in settings.PAGE_LANGUAGES), settings.LANGUAGE_CODE)
