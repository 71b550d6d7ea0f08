"""The page that was asked for before somebody had to sign in or confirm. Only pages of ours count."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def asked_for(request: HttpRequest) -> str:
    """Return that page's path; nothing where none was asked for, or none of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    ours = url_has_allowed_host_and_scheme(target, allowed_hosts=hosts, require_https=request.is_secure())
    return target if ours else ""


def onward(request: HttpRequest) -> str:
    """Return where to go now: the page that was asked for, or home."""
    return asked_for(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def through(view_name: str, target: str, *args: Any) -> str:
    """Return the address of a page that leads on to `target`; `args` are the page's own."""
    return reverse(view_name, args=args) + (f"?{urlencode({'next': target})}" if target else "")
