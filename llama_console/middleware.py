"""What all answers of the console have in common: hardening, the way to sign in, a language, a page for outages."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts import languages
from admin_api.frame import problems
from vault.errors import is_away

Handler = Callable[[HttpRequest], HttpResponse]


class HardeningMiddleware:
    """Keeps pages out of caches and other sites' windows."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads who is not signed in to the sign-in page, and back; a part of a page leads its whole page there."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        answer = super().process_view(request, view, args, kwargs)
        if answer is None or request.headers.get("HX-Request") != "true":
            return answer
        return HttpResponseClientRedirect(redirect_to_login(HtmxDetails(request).current_url_abs_path or "/").url)


class LanguageMiddleware:
    """Speaks the language of whoever is signed in, and of the browser otherwise. The API speaks English alone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if problems.concerns(request):
            return self.get_response(request)
        language = languages.of(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class LastResortMiddleware:
    """Turns an unreachable database or a vault that is away into a 503 that says when to come back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_away(exception):
            return None
        response = render(None, "503.html", status=503)
        response["Retry-After"] = "5"
        return response
