"""Messages about API keys and webhooks. A key is named as its project's members named it, never by its secret."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.kind import Topic, kind
from notifications.wording import Action, Wording, moment

_AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
_KEY = {
    "key": "Nightly evaluation",
    "project": "Search",
    "organization": "Acme Research",
    "at": _AT,
    "url": "https://console.example.com/o/acme-research/keys/",
}


@kind("key-created", gettext_lazy("API key created"), Topic.KEYS, sample=_KEY)
def key_created(key: str, project: str, organization: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("New API key in %(organization)s: %(key)s") % {"organization": organization, "key": key},
        paragraphs=[_("You created an API key. Its secret was shown once, in your browser, and is kept nowhere.")],
        facts=[
            (_("Key"), key),
            (_("Project"), project),
            (_("Organization"), organization),
            (_("Created"), moment(at)),
        ],
        action=Action(_("See your keys"), url),
        footnote=_("If it was not you, revoke the key at once and change your password."),
    )


@kind("key-revoked", gettext_lazy("API key revoked"), Topic.KEYS, sample=_KEY)
def key_revoked(key: str, project: str, organization: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("API key revoked in %(organization)s: %(key)s") % {"organization": organization, "key": key},
        paragraphs=[_("A key that you created was revoked. Calls with it are refused from now on.")],
        facts=[
            (_("Key"), key),
            (_("Project"), project),
            (_("Organization"), organization),
            (_("Revoked"), moment(at)),
        ],
        action=Action(_("See your keys"), url),
    )
