"""Ending one's own account: what goes and what stays, asking for it, and keeping the account after all."""

from collections.abc import Iterator

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import cancel_deletion, schedule_deletion
from accounts.actions.owners import LastOwner, refuse_last_owner
from accounts.deletion_links import url_of
from accounts.models import Deletion, Organization, User
from accounts.requests import user_of
from accounts.step_up import recent_sign_in_required
from ledger.actor import Actor

_WORD = "delete"


class DeletionForm(forms.Form):
    word = forms.CharField(max_length=20)

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if word.casefold() != _WORD:
            raise ValidationError(_("Type the word %(word)s to go on.") % {"word": _WORD})
        return word


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def deletion(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if pending := Deletion.objects.of(user.pk):
        return render(request, "accounts/deletion_pending.html", {"deletion": pending, "page_url": url_of(pending)})
    form = DeletionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            schedule_deletion(Actor.user(user.pk), subject=user, requested_by=user)
            return redirect("accounts:own_deletion")
        except LastOwner:
            form.add_error(None, _("You alone own an organization. Name another owner of it, or delete it first."))
    context = {
        "form": form,
        "alone": list(_owned_alone(user)),
        "grace_days": settings.DELETION_GRACE_DAYS,
        "horizon_days": settings.BACKUP_HORIZON_DAYS,
    }
    return render(request, "accounts/deletion.html", context, status=422 if form.is_bound else 200)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Cancel the deletion: whoever is signed in may, without showing anew who they are."""
    user = user_of(request)
    pending = Deletion.objects.of(user.pk)
    if pending and cancel_deletion(Actor.user(user.pk), deletion=pending):
        messages.success(request, _("Your account stays. Everything is as it was before."))
    elif pending:
        messages.error(request, _("The deletion is being carried out and can’t be cancelled any more."))
    return redirect("accounts:own_deletion")


def _owned_alone(user: User) -> Iterator[Organization]:
    """Return the organizations that would be left to nobody; asking opens the roles of those that stay."""
    organizations = list(Organization.objects.visible_to(user).order_by("name"))
    ids = [organization.pk for organization in organizations]
    going = set(Deletion.objects.pending().filter(subject_id__in=ids).values_list("subject_id", flat=True))
    for organization in organizations:
        if organization.pk in going:
            continue
        try:
            refuse_last_owner(Actor.user(user.pk), organization, user.pk)
        except LastOwner:
            yield organization
