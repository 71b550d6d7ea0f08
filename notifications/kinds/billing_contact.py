"""The question to somebody whose address an organization named for its bills. It is all they get until they say yes."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.kinds.kind import Topic, kind
from notifications.wording import Action, Wording

_SAMPLE = {
    "organization": "Acme Research",
    "link": "https://console.example.com/contacts/Zk3…/",
    "refusal": "https://console.example.com/contacts/Zk3…/refusal/",
    "days": 7,
    "kept": 30,
}


@kind("contact-confirm", gettext_lazy("Question to a billing contact"), Topic.BILLING, sample=_SAMPLE, required=True)
def contact_confirm(organization: str, link: str, refusal: str, days: int, kept: int) -> Wording:
    lasts = ngettext("The link works once, for %(days)s day.", "The link works once, for %(days)s days.", days)
    return Wording(
        subject=_("Do you want the billing messages of %(organization)s?") % {"organization": organization},
        heading=_("Become a billing contact?"),
        paragraphs=[
            _(
                "Somebody of %(organization)s named this address as a billing contact in Llama console: for invoices,"
                " payments and budgets. You need no account for that."
            )
            % {"organization": organization},
            _("Until you say yes, nothing of that is sent to you.") + " " + lasts % {"days": days},
        ],
        action=Action(_("Look at it and say yes"), link),
        otherwise=Action(_("I do not want this: erase my address"), refusal),
        footnote=_(
            "If you do nothing, you stay out of it, and your address is erased %(kept)s days after the link ends."
        )
        % {"kept": kept},
    )
