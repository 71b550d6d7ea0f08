"""What the templates of the console need beyond Django's own tags."""

import re
from datetime import datetime, timedelta

from django import template
from django.forms import BoundField
from django.template.defaultfilters import date
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext as _

from accounts import agents
from catalog import money

register = template.Library()
register.filter("browser", agents.in_words)
register.filter("per_million", money.per_million)  # of pico-dollars a token
register.filter("all_digits", money.all_digits)
register.filter("dollars", money.dollars)

TOKEN = re.compile(
    r"""(?P<s>"[^"\n]*"|'[^']*')"""
    r"""|(?P<k>\b(?:from|import|for|in|print|as|with|await|return|try|except|raise|def)\b)"""
    r"""|(?P<c>(?<=\s)-[A-Za-z]\b|\bcurl\b)"""
)
STEPS = (
    (timedelta(days=365), ngettext_lazy("%(count)s year ago", "%(count)s years ago", "count")),
    (timedelta(days=30), ngettext_lazy("%(count)s month ago", "%(count)s months ago", "count")),
    (timedelta(days=1), ngettext_lazy("%(count)s day ago", "%(count)s days ago", "count")),
    (timedelta(hours=1), ngettext_lazy("%(count)s hour ago", "%(count)s hours ago", "count")),
    (timedelta(minutes=1), ngettext_lazy("%(count)s minute ago", "%(count)s minutes ago", "count")),
    (timedelta(seconds=1), ngettext_lazy("%(count)s second ago", "%(count)s seconds ago", "count")),
)


@register.filter
def highlight(text: str) -> SafeString:
    """Marks strings, keywords and commands of a shell or Python snippet; escapes everything."""
    parts: list[str] = []
    end = 0
    for match in TOKEN.finditer(text):
        parts += [
            escape(text[end : match.start()]),
            format_html('<span class="t-{}">{}</span>', match.lastgroup, match[0]),
        ]
        end = match.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308  every part is escaped above


@register.filter
def relative(value: datetime | None, now: datetime | None = None) -> str:
    """ "12 seconds ago", "just now" below five seconds, "Never" without a time."""
    if value is None:
        return _("Never")
    age = (now or timezone.now()) - value
    if age < timedelta(seconds=5):
        return _("just now")
    step, words = next((step, words) for step, words in STEPS if age >= step)
    return words % {"count": age // step}


@register.filter
def moment(value: datetime, now: datetime | None = None) -> str:
    """The time of day today, date and time before; in UTC."""
    return date(value, "H:i:s" if value.date() == (now or timezone.now()).date() else _("M j, H:i"))


@register.filter
def midsentence(label: str) -> str:
    """ "Model" becomes "model"; "API key" stays, and so does every noun of a language that capitalizes them."""
    if get_language() == "de":
        return label
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


@register.filter
def grouped(number: int) -> str:
    """A whole number with separators."""
    return number_format(number, force_grouping=True)


@register.simple_tag
def font_url(name: str) -> str:
    """The address of a font, or nothing where set-up has not made it."""
    try:
        return static(name)
    except ValueError:
        return ""


@register.simple_tag
def control(field: BoundField, *, hint: str = "", focus: bool = False, **attributes: object) -> SafeString:
    """The input of a form field: described by its hint and errors, focused if it is the one to correct."""
    attrs: dict[str, str | bool] = {
        name.replace("_", "-"): str(value) for name, value in attributes.items() if value not in ("", None)
    }
    described = [f"{field.auto_id}_helptext"] if hint else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
    if field.form.non_field_errors():
        described.append("form-errors")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if takes_focus(field, focus):
        attrs["autofocus"] = True
    return field.as_widget(attrs=attrs)


def takes_focus(field: BoundField, otherwise: bool) -> bool:
    form = field.form
    if not form.is_bound or not form.errors:
        return bool(otherwise)
    visible = [bound.name for bound in form.visible_fields()]
    return field.name == next((name for name in visible if form[name].errors), visible[0])
