"""The id of what a form makes, made with the form: sending the form again makes nothing twice.

It is signed, because ids are names that other tables use without a foreign key: limits and budgets of organizations,
projects and keys stand in one column. Whoever could choose an id could take another one's place there.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.core.signing import BadSignature, Signer

from ledger.ids import new_id

_SIGNER = Signer(salt="accounts.once")


def new_once() -> str:
    return _SIGNER.sign(new_id().hex)


class OnceField(forms.CharField):
    """Cleans to the id of the form; to None for one that no page of ours made, so that a new one is taken."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, initial=new_once, **kwargs)

    def clean(self, value: Any) -> UUID | None:
        try:
            return UUID(hex=_SIGNER.unsign(str(value or "")))
        except (BadSignature, ValueError):
            return None
