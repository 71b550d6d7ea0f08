"""What the shell around every page shows: where one is, where one can go, and the theme."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch, reverse

from accounts.models import Organization, User

THEMES = ("auto", "light", "dark")
PRODUCT_NAME = "Llama console"
_NAVIGATION = (
    ("", (("Home", "house", "organization_home"),)),
    ("Build", (("API keys", "key-round", "keys:list"), ("Webhooks", "webhook", "webhooks:list"))),
    ("Observe", (("Usage", "chart-column", "usage:report"), ("Data access", "scan-eye", "trust:data_access"))),
    ("Organization", (("Billing contacts", "mail-check", "billing_contacts:list"),)),
)
_ACCOUNT = (("Notifications", "bell", "accounts:notifications"), ("Messages sent to you", "mails", "accounts:messages"))

# The pages of an organization, for whoever lists them: label, icon, name of the address.
PAGES = tuple(page for _, pages in _NAVIGATION for page in pages)


def shell(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "auto")
    context: dict[str, Any] = {
        "product_name": PRODUCT_NAME,
        "theme": theme if theme in THEMES else "auto",
        "development": settings.DEVELOPMENT,
        "mailbox_url": settings.MAILBOX_URL,
    }
    user = getattr(request, "user", None)
    return context | _signed_in(request, user) if isinstance(user, User) else context


def _signed_in(request: HttpRequest, user: User) -> dict[str, Any]:
    organizations = list(Organization.objects.visible_to(user).order_by("name"))
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
        "nav": _navigation(current.slug, match.view_name if match else "") if current else _account(match),
    }


def _account(match: ResolverMatch | None) -> list[dict[str, Any]]:
    """Return the pages of a person, on those that belong to no organization."""
    here = match.view_name if match else ""
    items = [
        {"label": label, "icon": icon, "url": reverse(name), "current": name == here} for label, icon, name in _ACCOUNT
    ]
    return [{"title": "Your account", "items": items}]


def _navigation(slug: str, view_name: str) -> list[dict[str, Any]]:
    room = view_name.partition(":")[0]
    return [
        {
            "title": title,
            "items": [
                {
                    "label": label,
                    "icon": icon,
                    "url": reverse(name, args=[slug]),
                    "current": name.partition(":")[0] == room,
                }
                for label, icon, name in items
            ],
        }
        for title, items in _NAVIGATION
    ]
