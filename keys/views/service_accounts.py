"""Service accounts: owners of keys that are no people, so that a key outlives whoever made it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import Permission
from accounts.step_up import recent_sign_in_required
from keys.actions import end_service_account, make_service_account
from keys.forms import AccountForm, RevocationForm
from keys.models import ApiKey, ServiceAccount
from keys.views.access import acting_for, open_projects

_PAGE = 50


@require_GET
def account_list(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.VIEW_KEYS)
    now = timezone.now()
    lasting = Q(keys__expires_at=None) | Q(keys__expires_at__gt=now)
    works = lasting & (Q(keys__ends_at=None) | Q(keys__ends_at__gt=now)) & Q(keys__revoked_at=None)
    accounts = ServiceAccount.objects.visible_to(acting).select_related("project")
    page = Paginator(accounts.order_by("-pk"), _PAGE).get_page(request.GET.get("page"))
    shown = ServiceAccount.objects.filter(pk__in=[account.pk for account in page])
    working = dict(shown.annotate(working=Count("keys", filter=works)).values_list("pk", "working"))
    may_manage, mine = acting.may(Permission.MANAGE_KEYS), acting.limits(Permission.MANAGE_KEYS)
    context = {
        "accounts": [
            {
                "id": account.pk,
                "name": account.name,
                "project": account.project.name,
                "keys": working[account.pk],
                "created_at": account.created_at,
                "ended_at": account.ended_at,
                "may_end": may_manage and (mine is None or account.project_id in mine),
            }
            for account in page
        ],
        "page": page,
        "can_manage": may_manage,
    }
    return render(request, "keys/service_accounts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create_account(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.MANAGE_KEYS)
    form = AccountForm(request.POST or None, projects=open_projects(acting))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        make_service_account(acting.actor, project=data["project"], name=data["name"], creator=acting.user)
        messages.success(request, _("The service account is there. Choose it when you create a key."))
        return redirect("keys:service_accounts", organization)
    return render(request, "keys/service_account_create.html", {"form": form}, status=422 if form.is_bound else 200)


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_account(request: HttpRequest, organization: str, account_id: UUID) -> HttpResponse:
    acting = acting_for(request, organization)
    acting.require(Permission.MANAGE_KEYS)
    accounts = ServiceAccount.objects.visible_to(acting).select_related("project")
    account = get_object_or_404(accounts, pk=account_id)
    acting.require(Permission.MANAGE_KEYS, project=account.project)
    if account.ended_at:
        return redirect("keys:service_accounts", organization)
    form = RevocationForm(request.POST or None, key=account)
    if request.method == "POST" and form.is_valid():
        end_service_account(acting.actor, account)
        messages.success(request, _("The service account has ended, and its keys with it."))
        return redirect("keys:service_accounts", organization)
    keys = ApiKey.objects.active().filter(service_account=account).count()
    context = {"account": account, "form": form, "keys": keys}
    return render(request, "keys/service_account_end.html", context, status=422 if form.is_bound else 200)
