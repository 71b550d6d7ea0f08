"""What names that people type must be: one line, of letters that show."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

one_line = RegexValidator(r"[\x00-\x1f\x7f]", gettext_lazy("Use plain text on one line."), inverse_match=True)


def visible(name: str) -> None:
    if any(unicodedata.category(letter) == "Cf" for letter in name):
        raise ValidationError(_("The name holds invisible characters."))
