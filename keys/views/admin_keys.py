"""Admin keys: the list, and making one. The secret leaves in the answer to the POST and never again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.membership import Acting
from accounts.policy import Permission
from accounts.step_up import recent_sign_in_required
from keys.admin.actions import issue_admin_key
from keys.admin.forms import AdminKeyForm
from keys.admin.scopes import SCOPES
from keys.models import AdminKey
from keys.snippets import admin_curl

_PAGE = 50
_NOT_YOURS = gettext_lazy("Only owners and admins manage admin keys. Ask one of them.")


@dataclass(frozen=True, slots=True)
class AdminKeyRow:
    """An admin key as the list shows it."""

    name: str
    hint: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    state: str
    tone: str
    revoke_url: str  # "" for what has ended


@require_GET
def admin_key_list(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    keys = AdminKey.objects.visible_to(acting.organization).order_by("-pk")
    page = Paginator(keys, _PAGE).get_page(request.GET.get("page"))
    context = {
        "keys": [_row(organization, key) for key in page],
        "page": page,
        "snippet": admin_curl("$LLAMA_ADMIN_KEY"),
    }
    return render(request, "admin_keys/list.html", context)


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    form = AdminKeyForm(request.POST or None, allowed=[scope for scope in SCOPES if acting.may(scope)])
    if request.method == "POST" and form.is_valid():
        try:
            key, secret = _issue(acting, form)
        except IntegrityError:
            messages.warning(
                request, _("This key was made before. Its secret was shown then; make another one if it is lost.")
            )
            return redirect("admin_keys:list", organization)
        context = {"key": key, "secret": secret, "snippet": admin_curl(secret)}
        return render(request, "admin_keys/created.html", context)
    return render(request, "admin_keys/create.html", {"form": form}, status=422 if form.is_bound else 200)


def acting_for(request: HttpRequest, organization: str) -> Acting:
    """Return who acts; Http404 in a foreign organization, PermissionDenied for a lower role."""
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.MANAGE_ADMIN_KEYS, _NOT_YOURS)
    return acting


def key_for(acting: Acting, key_id: UUID) -> AdminKey | None:
    return AdminKey.objects.visible_to(acting.organization).filter(pk=key_id).first()


def _issue(acting: Acting, form: AdminKeyForm) -> tuple[AdminKey, str]:
    data = form.cleaned_data
    return issue_admin_key(
        acting.actor,
        organization=acting.organization,
        name=data["name"],
        scopes=data["scopes"],
        creator=acting.user,
        expires_at=form.ends(),
        key_id=data["once"],
    )


def _row(slug: str, key: AdminKey) -> AdminKeyRow:
    state, tone = (
        (_("Revoked"), "off") if key.revoked_at else (_("Ended"), "off") if key.is_expired else (_("Active"), "ok")
    )
    return AdminKeyRow(
        name=key.name,
        hint=key.hint,
        scopes=key.scopes,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        state=state,
        tone=tone,
        revoke_url=reverse("admin_keys:revocation", args=[slug, key.pk]) if key.is_active else "",
    )
