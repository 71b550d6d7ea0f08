"""Which devices somebody signs in from: a new one is told of, and a known one is not held up by others' wrong tries."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.actions.verification import hash_token
from accounts.agents import agent_of
from accounts.models import Device, User
from notifications.telling import tell
from notifications.windows import counters, take

COOKIE = "device" if settings.DEVELOPMENT else "__Host-device"
_AGE = timedelta(days=400)  # browsers keep no cookie longer
_MOST = 50  # devices of a person
_CAPS = {"new-device-day": 5}  # letters; each is a sign-in with the password, and the first ones have warned
_TOKEN = 43  # characters


def recognise(request: HttpRequest, user: User) -> None:
    """Note that somebody signs in from this device, and tell them if it is a new one; not of their first."""
    token = _token(request)
    if token and Device.objects.known(user.pk, hash_token(token)).update(seen_at=timezone.now(), agent=_agent(request)):
        return
    is_first = not user.devices.exists()
    token = token or secrets.token_urlsafe(32)
    device, is_new = user.devices.get_or_create(token_hash=hash_token(token), defaults={"agent": _agent(request)})
    request.device_token = token  # type: ignore[attr-defined]  # for `keep`, once there is an answer to put it into
    if is_new and not is_first and take(counters("new-device", user.pk.hex, _CAPS), _CAPS):
        tell("new-device", device.pk, [user.pk])
    _make_room(user, device)


def known(request: HttpRequest, user_id: UUID) -> UUID | None:
    """Return the id of the device, if this person signed in from it before."""
    token = _token(request)
    return Device.objects.known(user_id, hash_token(token)).values_list("pk", flat=True).first() if token else None


def keep(request: HttpRequest, response: HttpResponse) -> None:
    """Put the token of a device that was new into its browser."""
    if token := getattr(request, "device_token", ""):
        age = int(_AGE.total_seconds())
        response.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="Lax", secure=not settings.DEVELOPMENT)


def _token(request: HttpRequest) -> str:
    token = request.COOKIES.get(COOKIE, "")
    return token if len(token) == _TOKEN else ""


def _agent(request: HttpRequest) -> str:
    return agent_of(request.headers.get("User-Agent", ""))


def _make_room(user: User, present: Device) -> None:
    """Let go of devices whose cookie is over and, of too many, of the newest ones but the present.

    So whoever signs in again and again with somebody's password puts out their own devices, and none that the person
    had before.
    """
    user.devices.filter(seen_at__lt=timezone.now() - _AGE).delete()
    newest = user.devices.exclude(pk=present.pk).order_by("created_at", "pk").values_list("pk", flat=True)[_MOST - 1 :]
    user.devices.filter(pk__in=list(newest)).delete()
