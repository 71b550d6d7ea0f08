"""What the shell around every page shows: where one is, where one can go, and the theme."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.membership import known_access
from accounts.models import Organization, User
from accounts.policy import Access, Permission, operates

THEMES = ("auto", "light", "dark")
SINGLE_KEYS = ("on", "off")  # whether keys without Ctrl or ⌘ do something
PRODUCT_NAME = "Llama console"
# Of each group its title, and of each page label, icon and address.
Group = tuple[str | Promise, tuple[tuple[str | Promise, str, str], ...]]
Groups = tuple[Group, ...]
_NAVIGATION: Groups = (
    (
        "",
        (
            (gettext_lazy("Home"), "house", "organization_home"),
            (gettext_lazy("Playground"), "terminal", "playground:page"),
        ),
    ),
    (
        gettext_lazy("Build"),
        (
            (gettext_lazy("API keys"), "key-round", "keys:list"),
            (gettext_lazy("Models & limits"), "gauge", "limits:overview"),
            (gettext_lazy("Webhooks"), "webhook", "webhooks:list"),
        ),
    ),
    (
        gettext_lazy("Observe"),
        (
            (gettext_lazy("Usage"), "chart-column", "usage:report"),
            (gettext_lazy("Costs"), "coins", "costs:report"),
            (gettext_lazy("Request log"), "scroll-text", "requests:list"),
            (gettext_lazy("Data access"), "scan-eye", "trust:data_access"),
            (gettext_lazy("Audit log"), "history", "audit:log"),
        ),
    ),
    (
        gettext_lazy("Organization"),
        (
            (gettext_lazy("Members"), "users", "members:list"),
            (gettext_lazy("Projects"), "folder", "projects:list"),
            (gettext_lazy("Billing"), "credit-card", "billing:overview"),
            (gettext_lazy("Admin keys"), "key-square", "admin_keys:list"),
            (gettext_lazy("Single sign-on"), "log-in", "sso:overview"),
            (gettext_lazy("Settings"), "settings", "organizations:settings"),
            (gettext_lazy("Security rules"), "shield-check", "organization_security:rules"),
        ),
    ),
)
_ACCOUNT: Groups = (
    (
        gettext_lazy("Your account"),
        (
            (gettext_lazy("Profile"), "user-round", "accounts:profile"),
            (gettext_lazy("Security"), "shield-check", "accounts:security"),
            (gettext_lazy("Email"), "at-sign", "accounts:email"),
            (gettext_lazy("Password"), "key", "accounts:password"),
            (gettext_lazy("Sessions"), "monitor-smartphone", "accounts:sessions"),
            (gettext_lazy("Notifications"), "bell", "accounts:notifications"),
            (gettext_lazy("Messages sent to you"), "mails", "accounts:messages"),
            (gettext_lazy("Who opened my data"), "scan-eye", "own_access:data_access"),
            (gettext_lazy("Export my data"), "download", "own_export:export"),
            (gettext_lazy("Delete my account"), "user-round-x", "accounts:own_deletion"),
        ),
    ),
)
_STAFF: Groups = (
    (
        gettext_lazy("Delivery"),
        (
            (gettext_lazy("Messages"), "send", "staff:messages"),
            (gettext_lazy("Dead letters"), "mail-x", "staff:dead_letters"),
            (gettext_lazy("Suppressions"), "bell-off", "staff:suppressions"),
        ),
    ),
    (gettext_lazy("Money"), ((gettext_lazy("Billing"), "scale", "staff:billing"),)),
    (gettext_lazy("Catalog"), ((gettext_lazy("Prices"), "tags", "staff:prices"),)),
)

# Pages, and the pages of whole rooms, that belong to another room's by their tabs.
_BESIDE = {
    "organizations:roles": "members",
    "billing_contacts": "billing",
    "organization_limits": "limits",
    "project_limits": "projects",
    "prices": "limits",
    "blocked": "limits",
}

# What a page asks for before it shows anything; who is a member opens the others. The pages themselves refuse: this
# only spares people the way, and tests hold it to what they answer.
_NEEDED: dict[str, Permission] = {
    "keys:list": Permission.VIEW_KEYS,
    "keys:create": Permission.MANAGE_KEYS,
    "keys:service_accounts": Permission.VIEW_KEYS,
    "keys:service_account_create": Permission.MANAGE_KEYS,
    "organization_limits": Permission.MANAGE_LIMITS,
    "webhooks:list": Permission.MANAGE_WEBHOOKS,
    "webhooks:create": Permission.MANAGE_WEBHOOKS,
    "playground:page": Permission.USE_PLAYGROUND,
    "limits:overview": Permission.VIEW_USAGE,
    "blocked:list": Permission.VIEW_USAGE,
    "prices:list": Permission.VIEW_USAGE,
    "usage:report": Permission.VIEW_USAGE,
    "costs:report": Permission.VIEW_USAGE,
    "requests:list": Permission.VIEW_USAGE,
    "trust:data_access": Permission.DATA_ACCESS,
    "audit:log": Permission.VIEW_AUDIT_LOG,
    "members:list": Permission.VIEW_MEMBERS,
    "members:invitations:list": Permission.MANAGE_MEMBERS,
    "members:invitations:create": Permission.MANAGE_MEMBERS,
    "projects:create": Permission.MANAGE_PROJECTS,
    "billing:overview": Permission.VIEW_BILLING,
    "billing:invoices": Permission.VIEW_BILLING,
    "billing:credit": Permission.MANAGE_BILLING,
    "billing_contacts:list": Permission.MANAGE_BILLING_CONTACTS,
    "admin_keys:list": Permission.MANAGE_ADMIN_KEYS,
    "sso:overview": Permission.MANAGE_SSO,
    "organization_security:rules": Permission.MANAGE_SECURITY,
}

# The pages of an organization, for whoever lists them: label, icon, name of the address.
PAGES = tuple(page for _, pages in _NAVIGATION for page in pages)
# Those of one's own account.
ACCOUNT_PAGES = tuple(page for _, pages in _ACCOUNT for page in pages)
# What is typed after "g" to go to a page.
_GOING = {
    "k": "keys:list",
    "m": "members:list",
    "u": "usage:report",
    "p": "projects:list",
    "a": "audit:log",
}


def shell(request: HttpRequest) -> dict[str, Any]:
    context: dict[str, Any] = {
        "product_name": PRODUCT_NAME,
        "theme": _kept(request, "theme", THEMES),
        "single_keys": _kept(request, "shortcuts", SINGLE_KEYS),
        "development": settings.DEVELOPMENT,
        "mailbox_url": settings.MAILBOX_URL,
        "page_languages": [(code, name) for code, name in settings.LANGUAGES if code in settings.PAGE_LANGUAGES],
    }
    user = getattr(request, "user", None)
    return context | _signed_in(request, user) if isinstance(user, User) else context


def _kept(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    """Return what this browser chose, and the first of what there is if it did not."""
    chosen = request.COOKIES.get(name, "")
    return chosen if chosen in known else known[0]


def _signed_in(request: HttpRequest, user: User) -> dict[str, Any]:
    organizations = list(Organization.objects.visible_to(user).with_deletion().order_by("name"))
    match = request.resolver_match
    slug = match.kwargs.get("organization") if match else None
    current = next((found for found in organizations if found.slug == slug), None)
    return {
        "organization": current,
        "organizations": [
            {
                "name": found.name,
                "url": reverse("organization_home", args=[found.slug]),
                "current": found == current,
            }
            for found in organizations
        ],
        "is_operator": operates(user),
        "leaving": _leaving(user),
        "nav": _navigation(match, current, known_access(request)),
        "going": _going(current or next(iter(organizations), None)),
    }


def _going(organization: Organization | None) -> list[dict[str, Any]]:
    """Return where "g" and a letter lead: in the organization one is in, else in the first, as the way home does."""
    if organization is None:
        return []
    labels = {name: label for label, _, name in PAGES}
    return [
        {"key": key, "label": labels[name], "url": reverse(name, args=[organization.slug])}
        for key, name in _GOING.items()
    ]


def _leaving(user: User) -> dict[str, Any] | None:
    """Return when the account ends, if its person asked for that; read with the session's user."""
    due_at = getattr(user, "deletion_due_at", None)
    return {"due_at": due_at, "is_cancellable": user.deletion_began_at is None} if due_at else None  # type: ignore[attr-defined]


def may_open(access: Access, page: str) -> bool:
    """Tell whether a page of an organization, by the name of its address, opens for this role."""
    return page not in _NEEDED or access.may(_NEEDED[page])


def _navigation(
    match: ResolverMatch | None, current: Organization | None, access: Access | None
) -> list[dict[str, Any]]:
    """Return the pages of where one is: the operators', an organization's, or one's own.

    Of an organization's those that open for the role: no role is opened for this, but every page has done so.
    """
    if match and match.app_name == "staff":
        return _groups(_STAFF, [], lambda name: match.view_name.startswith(name))
    if match and current:
        room = match.view_name.partition(":")[0]
        room = _BESIDE.get(match.view_name) or _BESIDE.get(room, room)
        groups = [
            (title, tuple(page for page in pages if access is None or may_open(access, page[2])))
            for title, pages in _NAVIGATION
        ]
        return _groups(groups, [current.slug], lambda name: name.partition(":")[0] == room)
    return account_navigation(match)


def account_navigation(match: ResolverMatch | None = None) -> list[dict[str, Any]]:
    return _groups(_ACCOUNT, [], lambda name: match is not None and match.view_name.startswith(name))


def _groups(groups: Iterable[Group], args: list[str], is_current: Callable[[str], bool]) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "items": [
                {"label": label, "icon": icon, "url": reverse(name, args=args), "current": is_current(name)}
                for label, icon, name in items
            ],
        }
        for title, items in groups
        if items
    ]
