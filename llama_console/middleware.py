"""What every answer of the console has in common: hardening headers, a language, a page when something is away."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

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
