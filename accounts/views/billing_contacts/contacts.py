"""Contacts: the list, adding one, asking again. Addresses open once a page, and stand in no message or session."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import add_contact
from accounts.actions import ask_again as ask
from accounts.actions.billing_contacts import MAX_CONTACTS, AlreadyThere, Refused, TooMany, TooOften
from accounts.forms import BillingContactForm
from accounts.membership import Acting
from accounts.step_up import recent_sign_in_required
from accounts.views.billing_contacts.access import acting_for, contact_for
from accounts.views.billing_contacts.rows import contact_rows

_TOO_OFTEN = gettext_lazy("The question was sent often lately. Try again tomorrow.")
_REFUSED = gettext_lazy("The owner of this address asked for no such mail. They would have to come to you.")
_FULL = gettext_lazy("An organization can have %(most)s billing contacts. Remove one first.")


@never_cache
@require_GET
def contact_list(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    rows = contact_rows(acting.actor, acting.organization)
    return render(request, "billing_contacts/list.html", {"contacts": rows, "most": MAX_CONTACTS})


@never_cache
@sensitive_post_parameters("email")
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def create(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    form = BillingContactForm(request.POST or None, initial={"language": acting.user.language})
    if request.method == "POST" and form.is_valid() and _add(acting, form):
        messages.success(request, _("The contact is asked by email. Nothing else goes there before they say yes."))
        return redirect("billing_contacts:list", organization)
    return render(request, "billing_contacts/create.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def question(request: HttpRequest, organization: str, contact_id: UUID) -> HttpResponse:
    found = contact_for(acting := acting_for(request, organization), contact_id)
    try:
        if ask(acting.actor, found):
            messages.success(request, _("The question is on its way again, with a new link. The former link ended."))
        else:
            messages.warning(request, _("This contact has said yes already."))
    except TooOften:
        messages.warning(request, _TOO_OFTEN)
    return redirect("billing_contacts:list", organization)


def _add(acting: Acting, form: BillingContactForm) -> bool:
    """Add the contact of a form; False where that can't be, and the form says why."""
    data = form.cleaned_data
    try:
        add_contact(
            acting.actor,
            organization=acting.organization,
            email=data["email"],
            language=data["language"],
            creator=acting.user,
        )
    except AlreadyThere:
        form.add_error("email", _("This address is a contact of the organization already."))
    except Refused:
        form.add_error("email", _REFUSED)
    except TooMany:
        form.add_error(None, _FULL % {"most": MAX_CONTACTS})
    except TooOften:
        form.add_error(None, _TOO_OFTEN)
    return not form.errors
