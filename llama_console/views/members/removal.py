"""A removal: somebody's membership ends. Their API keys stay, and belong to the organization."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import members
from accounts.actions import LastOwner, remove_member
from accounts.models import Membership
from accounts.step_up import recent_sign_in_required
from keys.models import ApiKey
from llama_console.views.members.access import managing, memberships_for
from llama_console.views.members.rows import member_row


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def removal(request: HttpRequest, organization: str, membership_id: UUID) -> HttpResponse:
    acting = managing(request, organization)
    (membership,) = memberships_for(acting, [membership_id])
    if request.method == "POST":
        try:
            remove_member(acting.actor, membership=membership)
            messages.success(request, _("The member is removed, and told by email. Their keys stay."))
        except LastOwner:
            messages.error(request, _("This is the only owner. Make somebody else an owner first."))
        except Membership.DoesNotExist:
            raise Http404 from None
        return redirect("members:list", organization)
    (found,) = members.chosen(acting.actor, acting.organization, [membership])
    keys = ApiKey.objects.visible_to(acting).active().filter(created_by=found.user_id).count()
    context = {"member": member_row(organization, found, {}, acting.user), "active_keys": keys}
    return render(request, "members/remove.html", context)
