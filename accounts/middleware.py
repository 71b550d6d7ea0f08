"""What the console notes of signed-in browsers: when a session was last seen, and which device it is on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import devices, idleness
from accounts.models import BrowserSession, User
from accounts.session_store import stored

Handler = Callable[[HttpRequest], HttpResponse]
POLL = "X-Poll"  # set by what asks again and again without anybody doing something


class BrowserMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        devices.keep(request, response)
        self._see(request)
        return response

    def _see(self, request: HttpRequest) -> None:
        session, now = request.session, timezone.now()
        if request.headers.get(POLL) and not session.modified:
            return  # a page that asks by itself is nobody who is there
        seen_at = getattr(session, "seen_at", None)
        if session.session_key and seen_at and now - seen_at > idleness.SEEN and isinstance(request.user, User):
            idleness.note(session, now)
            BrowserSession.objects.filter(pk=stored(session.session_key)).update(seen_at=now)
