"""Pages as the palette finds them, for whoever may open them."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.entries import fold
from accounts.membership import Acting
from llama_console.context import ACCOUNT_PAGES, PAGES, may_open
from llama_console.views.palette.found import Group, Result, first

_Pages = tuple[tuple[str | Promise, str, str], ...]
# Pages that no navigation names.
_FURTHER: _Pages = (
    (gettext_lazy("Invitations"), "mail", "members:invitations:list"),
    (gettext_lazy("Roles"), "users", "organizations:roles"),
    (gettext_lazy("Models & prices"), "tags", "prices:list"),
    (gettext_lazy("Why was I blocked?"), "shield-question-mark", "blocked:list"),
    (gettext_lazy("Invoices"), "receipt-text", "billing:invoices"),
    (gettext_lazy("Billing contacts"), "mail-check", "billing_contacts:list"),
)
_ACTIONS: _Pages = (
    (gettext_lazy("Create key"), "plus", "keys:create"),
    (gettext_lazy("Invite members"), "user-plus", "members:invitations:create"),
    (gettext_lazy("New project"), "folder-plus", "projects:create"),
    (gettext_lazy("Add endpoint"), "webhook", "webhooks:create"),
    (gettext_lazy("Add credit"), "circle-plus", "billing:credit"),
)


def pages(acting: Acting, text: str) -> Group:
    """Return the pages whose name contains the text; those of the navigation while there is none."""
    own = [_result(acting, page) for page in PAGES if may_open(acting.access, page[2])]
    if not text:
        return Group("pages", _("Pages"), own)
    own += [_result(acting, page) for page in _FURTHER if may_open(acting.access, page[2])]
    account = [Result(str(label), icon, reverse(name), hint=_("Your account")) for label, icon, name in ACCOUNT_PAGES]
    return first("pages", _("Pages"), _named([*own, *account], text))


def actions(acting: Acting, text: str) -> Group:
    found = [_result(acting, page) for page in _ACTIONS if may_open(acting.access, page[2])]
    found.append(Result(_("Keyboard shortcuts"), "keyboard", reverse("shortcuts"), dialog="shortcuts"))
    return first("actions", _("Actions"), _named(found, text))


def _result(acting: Acting, page: tuple[str | Promise, str, str]) -> Result:
    label, icon, name = page
    return Result(str(label), icon, reverse(name, args=[acting.organization.slug]))


def _named(results: list[Result], text: str) -> list[Result]:
    """Return those whose label contains the text, the ones that begin with it first."""
    wanted = fold(text)
    found = [result for result in results if wanted in fold(result.label)]
    return sorted(found, key=lambda result: not fold(result.label).startswith(wanted))
