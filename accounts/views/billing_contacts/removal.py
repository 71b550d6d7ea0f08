"""A removal: the address of a contact is erased."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import remove_contact
from accounts.contacts import addresses_of
from accounts.views.billing_contacts.access import acting_for, contact_for


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest, organization: str, contact_id: UUID) -> HttpResponse:
    acting = acting_for(request, organization)
    found = contact_for(acting, contact_id)
    if request.method == "POST":
        remove_contact(acting.actor, found)
        messages.success(request, _("The contact is removed and its address erased."))
        return redirect("billing_contacts:list", organization)
    context = {"contact": found, "address": addresses_of(acting.actor, [found])[found.pk]}
    return render(request, "billing_contacts/remove.html", context)
