"""Handing an organization over to another member."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import directory
from accounts.actions import LastOwner, transfer_ownership
from accounts.entries import fold
from accounts.membership import Acting
from accounts.models import Membership, User
from accounts.policy import Permission
from accounts.step_up import recent_sign_in_required
from accounts.views.organizations.access import acting_for
from accounts.views.organizations.forms import TransferForm

_LEAVING = gettext_lazy("Their account is about to be deleted. They would have to keep it first.")
_NOBODY = gettext_lazy("No other member has this address. Invite them first.")


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ownership(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization, Permission.TRANSFER_OWNERSHIP)
    form = TransferForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _transfer(acting, form):
        messages.success(request, _("The organization is handed over. You are an admin now."))
        return redirect("organizations:settings", organization)
    return render(request, "organizations/transfer.html", {"form": form}, status=422 if form.is_bound else 200)


def _transfer(acting: Acting, form: TransferForm) -> bool:
    to = _member(acting, form.cleaned_data["email"])
    try:
        if to is None:
            raise Membership.DoesNotExist
        transfer_ownership(acting.actor, organization=acting.organization, owner=acting.user, to=to)
    except Membership.DoesNotExist:
        form.add_error("email", _NOBODY)
    except LastOwner:
        form.add_error("email", _LEAVING)
    return not form.errors


def _member(acting: Acting, email: str) -> User | None:
    """Return the member of an address, from the directory: one opening, whether there is such a member or not."""
    found = directory.search(acting.actor, organization=acting.organization, text=email)
    ids = [entry.user_id for entry in found if fold(entry.email) == fold(email)]
    return User.objects.filter(pk__in=ids).first()
