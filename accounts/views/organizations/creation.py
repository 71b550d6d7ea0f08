"""Making another organization: whoever is signed in owns what they make."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import create_organization
from accounts.models import Organization
from accounts.requests import user_of
from accounts.views.organizations.forms import NewOrganizationForm
from ledger.actor import Actor

MOST = 50  # organizations of a person, so that nobody fills the installation


@require_http_methods(["GET", "HEAD", "POST"])
def creation(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = NewOrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if Organization.objects.visible_to(user).count() < MOST:
            data = form.cleaned_data
            made = create_organization(
                Actor.user(user.pk), name=data["name"], owner=user, first_project=data["project"]
            )
            messages.success(request, _("The organization is made, and you own it."))
            return redirect("organization_home", made.slug)
        form.add_error(None, _("You belong to %(most)s organizations. Leave one of them first.") % {"most": MOST})
    return render(request, "organizations/create.html", {"form": form}, status=422 if form.is_bound else 200)
