"""Messages about belonging to an organization."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import lines
from notifications.kinds.kind import Title, Topic, kind
from notifications.kinds.samples import AT, LATER, ORGANIZATION, page, page_of
from notifications.wording import Action, Wording

# By the name of the role, in a plain sentence on what it can do.
ROLES: Mapping[str, Title] = {
    "owner": gettext_lazy("Owner: manages everything, ownership included"),
    "admin": gettext_lazy("Admin: manages members, keys and webhooks"),
    "developer": gettext_lazy("Developer: creates keys, reads usage"),
    "billing": gettext_lazy("Billing: manages payments and invoices"),
    "viewer": gettext_lazy("Viewer: sees keys and usage"),
}


@kind(
    "invitation",
    gettext_lazy("Invitation"),
    Topic.TEAM,
    sample={
        "organization": ORGANIZATION,
        "role": "developer",
        "until": LATER,
        "kept": 30,
        "url": page("invitations/8fQ2…"),
        "decline_url": page("invitations/8fQ2…/decline/"),
    },
    required=True,  # who has no account has no preferences; they decline instead
    secret=True,
)
def invitation(organization: str, role: str, until: datetime, kept: int, url: str, decline_url: str) -> Wording:
    return Wording(
        subject=_("%(organization)s invites you to Llama console") % {"organization": organization},
        heading=_("Join %(organization)s") % {"organization": organization},
        paragraphs=[
            _("%(organization)s invites you to work with their Llama models.") % {"organization": organization},
            _("The link is for you alone, so do not pass it on: it shows that this mailbox is yours."),
        ],
        facts=[(_("Your role"), str(ROLES[role])), lines.until(until)],
        action=Action(_("Accept the invitation"), url),
        footnote=_(
            "If you do not want this, decline: your address is erased here at once. If you do nothing, that happens"
            " %(kept)s days after the invitation ends."
        )
        % {"kept": kept},
        aside=Action(_("Decline and erase"), decline_url),
    )


@kind(
    "role-changed",
    gettext_lazy("Your role changed"),
    Topic.TEAM,
    sample={"organization": ORGANIZATION, "role": "admin", "at": AT, "url": page_of("")},
)
def role_changed(organization: str, role: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("Your role in %(organization)s was changed") % {"organization": organization},
        paragraphs=[_("An owner or admin of the organization gave you a new role. It counts from now on.")],
        facts=[(_("Your role"), str(ROLES[role])), lines.organization(organization), lines.when(at)],
        action=Action(_("Open the organization"), url),
        footnote=_("If this surprises you, ask an owner of the organization."),
    )


@kind(
    "removed-from-organization",
    gettext_lazy("Removed from an organization"),
    Topic.TEAM,
    sample={"organization": ORGANIZATION, "at": AT},
)
def removed_from_organization(organization: str, at: datetime) -> Wording:
    return Wording(
        subject=_("You no longer belong to %(organization)s") % {"organization": organization},
        paragraphs=[
            _("An owner or admin removed you from the organization, so its pages are closed to you."),
            _("Your account and your other organizations stay as they are."),
        ],
        facts=[lines.organization(organization), lines.when(at)],
        footnote=_("If this surprises you, ask an owner of the organization."),
    )
