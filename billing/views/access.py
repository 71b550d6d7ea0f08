"""Who may see and change how an organization pays, and what its pages say where nobody is billed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.membership import Acting
from accounts.models import Organization
from accounts.policy import Permission
from billing.models import BillingAccount
from billing.opening import account_of
from ledger.actor import Actor


@dataclass(frozen=True, slots=True)
class Payer:
    """Somebody who acts for an organization that is billed."""

    acting: Acting
    account: BillingAccount

    @property
    def actor(self) -> Actor:
        return self.acting.actor

    @property
    def organization(self) -> Organization:
        return self.acting.organization

    @property
    def slug(self) -> str:
        return self.organization.slug

    @property
    def may_manage(self) -> bool:
        return self.acting.may(Permission.MANAGE_BILLING)


_View = Callable[..., HttpResponseBase]


def acting_for(request: HttpRequest, organization: str, permission: Permission) -> Acting:
    """Return who acts; Http404 in a foreign organization, PermissionDenied for a lower role."""
    acting = Acting.in_organization(request, organization)
    acting.require(permission, _("Only owners, admins and members with the billing role see and change how it pays."))
    return acting


def of_payers(permission: Permission) -> Callable[[_View], _View]:
    """Hand a view the payer in place of the slug; who is not billed is told so on each page, and has nothing else."""

    def decorate(view: _View) -> _View:
        @wraps(view)
        def guarded(request: HttpRequest, organization: str, **kwargs: Any) -> HttpResponseBase:
            acting = acting_for(request, organization, permission)
            account = account_of(acting.organization.pk)
            if account:
                return view(request, Payer(acting, account), **kwargs)
            if kwargs or request.method not in ("GET", "HEAD"):
                raise Http404
            return render(request, "billing/unbilled.html")

        return guarded

    return decorate


viewing, managing = of_payers(Permission.VIEW_BILLING), of_payers(Permission.MANAGE_BILLING)
