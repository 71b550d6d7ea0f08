"""Pages for what went wrong. They need neither a session nor a database."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("403.html", 403, {"reason": str(exception)})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page("500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        "403.html", 403, {"reason": "This form is too old, or cookies are off. Reload the page and try again."}
    )


def _page(template: str, status: int, context: dict[str, str] | None = None) -> HttpResponse:
    # No request: context processors would ask for the session, which may be what is broken.
    return render(None, template, context, status=status)
