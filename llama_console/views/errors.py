"""Pages for what went wrong, and problems for the API's callers.

They need neither a session nor a database, save the one of an organization's rule, which both told of.
"""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import Organization, User
from accounts.onward import through
from accounts.security_rules import Refused, Rule
from accounts.sources import address_of
from admin_api.frame import problems
from llama_console.context import account_navigation


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.concerns(request):
        return problems.answer(HTTPStatus.BAD_REQUEST, "malformed", "This request is not well-formed.")
    return _page("400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, Refused) and isinstance(request.user, User):
        return _by_rule(request, request.user, exception)
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


def _by_rule(request: HttpRequest, user: User, refused: Refused) -> HttpResponse:
    """Say which rule of the organization it is and what to do; where showing who one is helps, go and ask."""
    if refused.rule in {Rule.SESSION, Rule.IDLE}:
        said = _("%(organization)s asks again who you are after a while.")
        messages.info(request, said % {"organization": refused.organization.name})
        address = _confirmation(request)
        return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)
    context = {
        "refused": refused.organization,
        "rule": refused.rule.value,
        "address": address_of(request),
        "others": Organization.objects.visible_to(user).exclude(pk=refused.organization.pk).order_by("name"),
        "organization": None,  # nothing in the shell leads back into it
        "nav": account_navigation(),
        "going": [],
    }
    return render(request, "organization_security/refused.html", context, status=403)


def _confirmation(request: HttpRequest) -> str:
    """Return where to confirm, and to go on from there: what was asked for, or home where that was no page."""
    is_page = request.method == "GET" and not request.headers.get("HX-Request")
    return through("accounts:confirm", request.get_full_path() if is_page else "")


def _page(template: str, status: int, context: dict[str, str] | None = None) -> HttpResponse:
    # No request: context processors would ask for the session, which may be what is broken.
    return render(None, template, context, status=status)
