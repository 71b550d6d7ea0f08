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


@kind("key-expired", gettext_lazy("API key expired"), Topic.KEYS, sample=_KEY | {"at": AT})
def key_expired(key: str, project: str, organization: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("API key expired in %(organization)s: %(key)s") % {"organization": organization, "key": key},
        paragraphs=[_("The key has come to the end that was set for it. Calls with it are refused from now on.")],
        facts=[*_place(key, project, organization), (_("Expired"), moment(at))],
        action=Action(_("See the key"), url),
        footnote=_("If something still needs it, create a new key: one that has ended does not come back."),
    )


@kind(
    "key-rotation-due",
    gettext_lazy("API key to be rotated"),
    Topic.KEYS,
    sample=_KEY | {"due": LATER, "days": 180},
)
def key_rotation_due(key: str, project: str, organization: str, due: datetime, days: int, url: str) -> Wording:
    """Word that a rotation is due; `days` is how often somebody wanted it."""
    every = ngettext("It is to be rotated every %(days)s day.", "It is to be rotated every %(days)s days.", days)
    return Wording(
        subject=_("API key to be rotated: %(key)s") % {"key": key},
        paragraphs=[
            every % {"days": days}
            + " "
            + _("The new secret has the same rules, and both work for as long as you choose.")
        ],
        facts=[*_place(key, project, organization), (_("Due"), moment(due))],
        action=Action(_("Rotate the key"), url),
    )


@kind(
    "keys-orphaned",
    gettext_lazy("API keys whose maker is gone"),
    Topic.KEYS,
    sample={"organization": ORGANIZATION, "keys": 2, "url": page_of("keys/?flag=orphaned")},
)
def keys_orphaned(organization: str, keys: int, url: str) -> Wording:
    subject = ngettext(
        "%(keys)s API key of %(organization)s has outlived its maker",
        "%(keys)s API keys of %(organization)s have outlived their maker",
        keys,
    )
    return Wording(
        subject=subject % {"keys": keys, "organization": organization},
        paragraphs=[
            _("Whoever made them has left the organization or the project, and may still have the secrets."),
            _("They work on, because programs may depend on them. Rotate what is needed, and revoke the rest."),
        ],
        action=Action(_("See these keys"), url),
        footnote=_("Keys of service accounts belong to no person, so nobody takes their secrets along."),
    )


@kind(
    "keys-unused",
    gettext_lazy("API keys that nothing uses"),
    Topic.KEYS,
    sample={"organization": ORGANIZATION, "keys": 3, "days": 90, "url": page_of("keys/?flag=unused")},
)
def keys_unused(organization: str, keys: int, days: int, url: str) -> Wording:
    subject = ngettext(
        "%(keys)s API key of %(organization)s has rested for %(days)s days",
        "%(keys)s API keys of %(organization)s have rested for %(days)s days",
        keys,
    )
    return Wording(
        subject=subject % {"keys": keys, "organization": organization, "days": days},
        paragraphs=[_("A key that nothing uses helps only who finds it. Revoke what is not needed any more.")],
        action=Action(_("See these keys"), url),
        footnote=_("They are flagged, and never removed by themselves."),
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
            else _("We slowed it down, but it still works, for anybody. Rotate or revoke it now."),
        ],
        facts=[*_place(key, project, organization), (_("Found"), moment(at))],
        action=Action(_("See what it was used for"), url),
        footnote=_("Look for networks that are not yours, and give whatever needs a key a new one."),
        short=_("Llama console: one of your API keys is public and was revoked. Create a new one.")
        if is_revoked
        else _("Llama console: one of your API keys is public. Revoke it at once."),
    )


def _place(key: str, project: str, organization: str) -> list[lines.Fact]:
    places = [lines.project(project)] if project else []  # an admin key is of the whole organization
    return [lines.key(key), *places, lines.organization(organization)]
