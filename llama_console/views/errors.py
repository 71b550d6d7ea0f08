"""Pages for what went wrong, and problems for the API's callers. They need neither a session nor a database."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from admin_api.frame import problems


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.concerns(request):
        return problems.answer(HTTPStatus.BAD_REQUEST, "malformed", "This request is not well-formed.")
    return _page("400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page("403.html", 403, {"reason": str(exception)})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.not_found() if problems.concerns(request) else _page("404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    if problems.concerns(request):
        return problems.answer(HTTPStatus.INTERNAL_SERVER_ERROR, "server-error", problems.SERVER_ERROR)
    return _page("500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        "403.html", 403, {"reason": _("This form is too old, or cookies are off. Reload the page and try again.")}
    )


def _page(template: str, status: int, context: dict[str, str] | None = None) -> HttpResponse:
    # No request: context processors would ask for the session, which may be what is broken.
    return render(None, template, context, status=status)
