"""Messages about API keys. A key is named as its project's members named it, never by its secret."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.kinds import lines
from notifications.kinds.kind import Topic, kind
from notifications.kinds.samples import AT, KEY, LATER, ORGANIZATION, PROJECT, page_of
from notifications.models import Channel, Priority
from notifications.wording import Action, Wording, moment

_KEY = {"key": KEY, "project": PROJECT, "organization": ORGANIZATION, "url": page_of("keys/")}


@kind("key-created", gettext_lazy("API key created"), Topic.KEYS, sample=_KEY | {"at": AT})
def key_created(key: str, project: str, organization: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("New API key in %(organization)s: %(key)s") % {"organization": organization, "key": key},
        paragraphs=[_("You created an API key. Its secret was shown once, in your browser, and is kept nowhere.")],
        facts=[*_place(key, project, organization), (_("Created"), moment(at))],
        action=Action(_("See your keys"), url),
        footnote=_("If it was not you, revoke the key and change your password at once."),
    )


@kind("key-revoked", gettext_lazy("API key revoked"), Topic.KEYS, sample=_KEY | {"at": AT})
def key_revoked(key: str, project: str, organization: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("API key revoked in %(organization)s: %(key)s") % {"organization": organization, "key": key},
        paragraphs=[_("A key that you created was revoked. Calls with it are refused from now on.")],
        facts=[*_place(key, project, organization), (_("Revoked"), moment(at))],
        action=Action(_("See your keys"), url),
        footnote=_("If something still uses the key, give it a new one."),
    )


@kind("key-rotated", gettext_lazy("API key rotated"), Topic.KEYS, sample=_KEY | {"at": AT, "until": LATER})
def key_rotated(key: str, project: str, organization: str, at: datetime, until: datetime | None, url: str) -> Wording:
    """Word a rotation; `until` is when the former secret ends, None if it has ended."""
    former = (
        _("The former secret works until %(until)s.") % {"until": moment(until)}
        if until
        else _("The former secret is refused from now on.")
    )
    return Wording(
        subject=_("API key rotated in %(organization)s: %(key)s") % {"organization": organization, "key": key},
        paragraphs=[_("The key has a new secret, which was shown once, in a browser.") + " " + former],
        facts=[*_place(key, project, organization), (_("Rotated"), moment(at))],
        action=Action(_("See your keys"), url),
        footnote=_("If you did not expect this, ask in your team; if nobody knows of it, revoke the key."),
    )


@kind(
    "key-expiring",
    gettext_lazy("API key about to expire"),
    Topic.KEYS,
    sample=_KEY | {"until": LATER, "days": 14},
)
def key_expiring(key: str, project: str, organization: str, until: datetime, days: int, url: str) -> Wording:
    subject = ngettext("API key expires in %(days)s day: %(key)s", "API key expires in %(days)s days: %(key)s", days)
    return Wording(
        subject=subject % {"days": days, "key": key},
        paragraphs=[
            _("After that, calls with it are refused. Rotate it before, and put the new secret where the old one is.")
        ],
        facts=[*_place(key, project, organization), (_("Expires"), moment(until))],
        action=Action(_("See your keys"), url),
        footnote=_("If nothing uses the key any more, let it expire."),
    )


@kind(
    "key-leaked",
    gettext_lazy("API key leaked"),
    Topic.KEYS,
    sample=_KEY | {"at": AT, "is_revoked": True},
    channels=[Channel.EMAIL, Channel.SMS],
    priority=Priority.SECURITY,
    required=True,
)
def key_leaked(key: str, project: str, organization: str, at: datetime, is_revoked: bool, url: str) -> Wording:
    return Wording(
        subject=_("An API key of %(organization)s is public: %(key)s") % {"organization": organization, "key": key},
        paragraphs=[
            _("Its secret was found where anybody can read it."),
            _("We revoked the key, so calls with it are refused from now on.")
            if is_revoked
            else _("The key still works, for anybody. Revoke it now."),
        ],
        facts=[*_place(key, project, organization), (_("Found"), moment(at))],
        action=Action(_("See your keys"), url),
        footnote=_("Check in your usage what it was used for, and create a new key for whatever needs one."),
        short=_("Llama console: one of your API keys is public and was revoked. Create a new one.")
        if is_revoked
        else _("Llama console: one of your API keys is public. Revoke it at once."),
    )


def _place(key: str, project: str, organization: str) -> list[lines.Fact]:
    places = [lines.project(project)] if project else []  # an admin key is of the whole organization
    return [lines.key(key), *places, lines.organization(organization)]
