"""Messages about who may do what in a team."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.kind import Topic, kind
from notifications.wording import Action, Wording, moment

_SAMPLE = {
    "organization": "Acme Research",
    "role": "admin",
    "at": datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
    "url": "https://console.example.com/o/acme-research/",
}


@kind("role-changed", gettext_lazy("Your role changed"), Topic.TEAM, sample=_SAMPLE, required=True)
def role_changed(organization: str, role: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("Your role in %(organization)s changed") % {"organization": organization},
        paragraphs=[_("What you may do there is different from now on.")],
        facts=[(_("Organization"), organization), (_("Your role"), role), (_("Changed"), moment(at))],
        action=Action(_("See the organization"), url),
        footnote=_("If you did not expect this, ask an owner of the organization."),
    )
