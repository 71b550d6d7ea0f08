"""Messages about a person's own data: who opened it, and its export and deletion. Nobody can switch them off."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import lines
from notifications.kinds.kind import Title, Topic, kind
from notifications.kinds.samples import AT, LATER, ORGANIZATION, page, page_of
from notifications.models import Priority
from notifications.wording import Action, Wording, day, listing, moment
from vault.purposes import Purpose

# The purposes under which staff open data, and the fields that these open.
PURPOSES: Mapping[Purpose, Title] = {
    Purpose.SUPPORT_REQUEST: gettext_lazy("Your request to support"),
    Purpose.ACCEPTABLE_USE: gettext_lazy("Acceptable use policy"),
    Purpose.LEGAL_OBLIGATION: gettext_lazy("Legal obligation"),
}
FIELDS: Mapping[str, Title] = {
    "accounts.User.name": gettext_lazy("Name"),
    "accounts.User.email": gettext_lazy("Email"),
    "accounts.SpareAddress.email": gettext_lazy("Email"),
    "accounts.BillingContact.email": gettext_lazy("Email"),
    "accounts.Invitation.email": gettext_lazy("Email"),
    "accounts.Invitation.access": gettext_lazy("Role"),
    "accounts.User.phone": gettext_lazy("Mobile phone"),
    "accounts.SparePhone.phone": gettext_lazy("Mobile phone"),
    "accounts.User.location": gettext_lazy("Location"),
    "accounts.User.date_of_birth": gettext_lazy("Date of birth"),
    "accounts.Membership.role": gettext_lazy("Role"),
    "accounts.Directory.entries": gettext_lazy("Directory of members"),
    "content.StoredExchange.request": gettext_lazy("Prompts"),
    "content.StoredExchange.response": gettext_lazy("Answers"),
}


@kind(
    "data-opened",
    gettext_lazy("Your data was opened"),
    Topic.PRIVACY,
    sample={
        "fields": ["accounts.User.email", "accounts.User.phone"],
        "purpose": Purpose.SUPPORT_REQUEST,
        "case": "S-1042",
        "at": AT,
        "url": page_of("data-access/"),
    },
    priority=Priority.SECURITY,
    required=True,
)
def data_opened(fields: Sequence[str], purpose: Purpose, case: str, at: datetime, url: str) -> Wording:
    """Word an opening by staff; `fields` are sealed fields (app.Model.field)."""
    return Wording(
        subject=_("Your data was opened for case %(case)s") % {"case": case},
        paragraphs=[
            _("Staff of this console opened data about you. It was recorded first, and you can check the record."),
        ],
        facts=[
            (_("Opened"), listing([str(FIELDS[field]) for field in fields])),
            (_("Purpose"), str(PURPOSES[purpose])),
            (_("Case"), case),
            lines.when(at),
        ],
        action=Action(_("See the record"), url),
        footnote=_("If this surprises you, ask support, and name the case."),
    )


@kind(
    "export-ready",
    gettext_lazy("Export ready"),
    Topic.PRIVACY,
    sample={"until": LATER, "url": page("account/export/Zk3…")},
    required=True,
    secret=True,
)
def export_ready(until: datetime, url: str) -> Wording:
    return Wording(
        subject=_("The export of your data is ready"),
        paragraphs=[_("It is an archive of all that this console keeps about you. You must be signed in to get it.")],
        facts=[lines.until(until)],
        action=Action(_("Download the archive"), url),
        footnote=_("If you did not ask for it, change your password at once: somebody is signed in as you."),
    )


@kind(
    "deletion-scheduled",
    gettext_lazy("Deletion of your account scheduled"),
    Topic.PRIVACY,
    sample={"at": AT, "until": LATER, "url": page("deletions/Zk3…")},
    priority=Priority.SECURITY,
    required=True,
    secret=True,
)
def deletion_scheduled(at: datetime, until: datetime, url: str) -> Wording:
    return Wording(
        subject=_("Your Llama console account will be deleted on %(day)s") % {"day": day(until)},
        paragraphs=[
            _("Until then nothing is lost, and you can cancel."),
            _("After that the keys to your data are destroyed, and nobody can bring it back."),
        ],
        facts=[(_("Asked for"), moment(at)), (_("To be deleted"), moment(until))],
        action=Action(_("Keep my account"), url),
        footnote=_("If it was not you, keep the account and change your password at once."),
    )


@kind(
    "deletion-cancelled",
    gettext_lazy("Deletion of your account cancelled"),
    Topic.PRIVACY,
    sample={"at": AT, "url": page("account/security/")},
    priority=Priority.SECURITY,
    required=True,
)
def deletion_cancelled(at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("Your Llama console account stays"),
        paragraphs=[_("The deletion was cancelled. Everything is as it was before.")],
        facts=[lines.when(at)],
        action=Action(_("See your security settings"), url),
        footnote=_("If it was not you, change your password at once: somebody is signed in as you."),
    )


@kind(
    "account-deleted",
    gettext_lazy("Account deleted"),
    Topic.PRIVACY,
    sample={"receipt": "R-7Q2M4-0B31F", "at": AT, "until": LATER, "url": page("deletions/Zk3…")},
    priority=Priority.SECURITY,
    required=True,
    secret=True,
)
def account_deleted(receipt: str, at: datetime, until: datetime, url: str) -> Wording:
    """Word the receipt, and the last message; `until` is when the last backup that holds the keys is gone."""
    return Wording(
        subject=_("Your Llama console account is deleted"),
        paragraphs=[
            _("The keys to your data are destroyed, so that nobody can read it, not even us.")
            + " "
            + _("Backups of the keys are gone by %(day)s.") % {"day": day(until)},
            _(
                "This is your receipt and our last message to you: your address is destroyed with the rest."
                " Thank you for having been here."
            ),
        ],
        facts=[(_("Receipt"), receipt), lines.when(at)],
        action=Action(_("Get the receipt"), url),
    )


@kind(
    "organization-deletion-scheduled",
    gettext_lazy("Deletion of an organization scheduled"),
    Topic.PRIVACY,
    sample={"organization": ORGANIZATION, "at": AT, "until": LATER, "url": page_of("settings/")},
    priority=Priority.SECURITY,
    required=True,
)
def organization_deletion_scheduled(organization: str, at: datetime, until: datetime, url: str) -> Wording:
    return Wording(
        subject=_("%(organization)s will be deleted on %(day)s") % {"organization": organization, "day": day(until)},
        paragraphs=[
            _("An owner asked for it. Until then its API keys work, nothing is lost, and owners can cancel."),
            _("After that its keys, projects and content are destroyed, and nobody can bring them back."),
        ],
        facts=[
            lines.organization(organization),
            (_("Asked for"), moment(at)),
            (_("To be deleted"), moment(until)),
        ],
        action=Action(_("See the settings"), url),
        footnote=_("If this surprises you, ask an owner of the organization."),
    )


@kind(
    "organization-deletion-cancelled",
    gettext_lazy("Deletion of an organization cancelled"),
    Topic.PRIVACY,
    sample={"organization": ORGANIZATION, "at": AT, "url": page_of("")},
    priority=Priority.SECURITY,
    required=True,
)
def organization_deletion_cancelled(organization: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("%(organization)s stays") % {"organization": organization},
        paragraphs=[_("The deletion was cancelled. Everything is as it was before.")],
        facts=[lines.organization(organization), lines.when(at)],
        action=Action(_("Open the organization"), url),
        footnote=_("If this surprises you, ask an owner of the organization."),
    )


@kind(
    "organization-deleted",
    gettext_lazy("Organization deleted"),
    Topic.PRIVACY,
    sample={
        "organization": ORGANIZATION,
        "receipt": "R-7Q2M4-0B31F",
        "at": AT,
        "until": LATER,
        "url": page("deletions/Zk3…"),
    },
    required=True,
    secret=True,
)
def organization_deleted(organization: str, receipt: str, at: datetime, until: datetime, url: str) -> Wording:
    """Word the receipt; `until` is when the last backup that holds the keys is gone."""
    return Wording(
        subject=_("%(organization)s is deleted") % {"organization": organization},
        paragraphs=[
            _("The keys to its data are destroyed, so that nobody can read it, not even us.")
            + " "
            + _("Backups of the keys are gone by %(day)s.") % {"day": day(until)},
            _("Your own account stays as it is."),
        ],
        facts=[lines.organization(organization), (_("Receipt"), receipt), lines.when(at)],
        action=Action(_("Get the receipt"), url),
    )
