"""Invitations: the list, inviting many, sending one again. Addresses open once a page, and stand in no session."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import invite, resend
from accounts.actions.invitations import MOST_AT_ONCE, Offer, Wrong
from accounts.addressees import Verdict
from accounts.invitations import opened
from accounts.membership import Acting
from accounts.models import Invitation
from accounts.seats import free_seats
from accounts.step_up import recent_sign_in_required
from accounts.views.invitations.access import acting_for, invitation_for
from accounts.views.invitations.forms import InviteForm
from accounts.views.invitations.rows import NO_ADDRESS, VERDICTS, invitation_rows
from vault.blind_index import normalise_email

_PAGE = 50


@never_cache
@require_safe
def invitation_list(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    page = Paginator(acting.organization.invitations.order_by("-issued_at", "-pk"), _PAGE).get_page(
        request.GET.get("page")
    )
    rows = invitation_rows(acting.actor, acting.organization, list(page))
    context = {
        "invitations": rows,
        "page": page,
        "count": page.paginator.count,
        "free": free_seats(acting.organization),
    }
    return render(request, "invitations/list.html", context)


@never_cache
@sensitive_post_parameters("addresses")
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def create(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    form = InviteForm(
        request.POST or None,
        giver=acting.access,
        projects=acting.projects().active().order_by("name"),
        initial={"language": acting.user.language, "role": "viewer", "reach": "every"},
    )
    if request.method == "POST" and form.is_valid():
        return _invited(request, acting, form)
    context = {"form": form, "free": free_seats(acting.organization), "most": MOST_AT_ONCE}
    return render(request, "invitations/create.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def resending(request: HttpRequest, organization: str, invitation_id: UUID) -> HttpResponse:
    acting = acting_for(request, organization)
    found = invitation_for(acting, invitation_id)
    if request.method != "POST":
        context = {"invitation": found, "address": opened(acting.actor, [found])[found.pk].email}
        return render(request, "invitations/resend.html", context)
    try:
        resend(acting.actor, found, acting.user)
        messages.success(request, _("The invitation is on its way again, with a new link. The former link is dead."))
    except Wrong as wrong:
        messages.warning(request, _("Not sent. %(reason)s.") % {"reason": VERDICTS[wrong.verdict][0]})
    except Invitation.DoesNotExist:
        raise Http404 from None
    return redirect("members:invitations:list", organization)


def _invited(request: HttpRequest, acting: Acting, form: InviteForm) -> HttpResponse:
    """Invite whom a form names, and show what became of each: in this answer alone, which names addresses."""
    asked = form.cleaned_data["addresses"]
    offer = Offer(form.access, form.cleaned_data["language"], acting.user)
    addresses = [each.email for each in asked if each.email]
    verdicts = iter(invite(acting.actor, organization=acting.organization, addresses=addresses, offer=offer))
    rows = []
    invited, left_out = set(), 0
    for each in asked:
        verdict = next(verdicts) if each.email else None
        if each.email and verdict is Verdict.INVITED:
            invited.add(normalise_email(each.email))  # a list may name somebody twice
        else:
            left_out += 1
        said, tone = VERDICTS[verdict] if verdict else NO_ADDRESS
        rows.append({"text": each.email or each.text, "verdict": said, "tone": tone})
    rows.sort(key=lambda row: row["tone"] == "ok")  # what needs a look comes first
    context = {"rows": rows, "count": len(invited), "left_out": left_out, "now": timezone.now()}
    return render(request, "invitations/invited.html", context)
