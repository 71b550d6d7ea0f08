"""Messages about cases with support. What is said in a case stays there: these carry its number and a link."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import lines
from notifications.kinds.kind import Topic, kind
from notifications.kinds.samples import AT, page_of
from notifications.wording import Action, Wording

_CASE = {"case": "S-1042", "at": AT, "url": page_of("support/S-1042/")}


@kind("support-reply", gettext_lazy("Reply from support"), Topic.SUPPORT, sample=_CASE)
def support_reply(case: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("Support replied in case %(case)s") % {"case": case},
        paragraphs=[_("What it says is kept sealed, so it is not in this message. Read it after signing in.")],
        facts=[(_("Case"), case), lines.when(at)],
        action=Action(_("Read the reply"), url),
    )


@kind("support-closed", gettext_lazy("Support case closed"), Topic.SUPPORT, sample=_CASE)
def support_closed(case: str, at: datetime, url: str) -> Wording:
    return Wording(
        subject=_("Case %(case)s is closed") % {"case": case},
        paragraphs=[_("We think that it is settled. Nobody can open data of yours for it any more.")],
        facts=[(_("Case"), case), lines.when(at)],
        action=Action(_("See the case"), url),
        footnote=_("If it is not settled, write there, and it is open again."),
    )
