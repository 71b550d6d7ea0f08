"""What a contact answers, by the link of the message that asked them. It needs no account.

Looking at a link changes nothing: mail scanners do it. A link that is unknown, used or too old gets one answer.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import confirm_contact, refuse_contact
from accounts.actions.billing_contacts import find_asked, find_by_link


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    contact = find_asked(token)
    if contact is None or (request.method == "POST" and not confirm_contact(token)):
        return _nothing(request)
    return _answer(request, "confirm", token, contact.organization.name)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refusal(request: HttpRequest, token: str) -> HttpResponse:
    contact = find_by_link(token)
    if contact is None:
        return _nothing(request)
    name = contact.organization.name
    if request.method == "POST" and not refuse_contact(token):
        return _nothing(request)
    return _answer(request, "refuse", token, name)


def _answer(request: HttpRequest, page: str, token: str, organization_name: str) -> HttpResponse:
    context = {"token": token, "name": organization_name, "is_done": request.method == "POST"}
    return render(request, f"billing_contacts/{page}.html", context)


def _nothing(request: HttpRequest) -> HttpResponse:
    return render(request, "billing_contacts/no_link.html", status=404)
