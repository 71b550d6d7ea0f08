"""The account whose money an admin key sees, and how money is written."""

import re
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from admin_api.frame.fields import StrictText
from admin_api.frame.resource import Resource
from billing.models import BillingAccount
from billing.opening import account_of

UNBILLED = "404 where the organization is not billed."
_WHOLE = r"^(0|[1-9][0-9]{0,18})$"
_whole = re.compile(_WHOLE.replace("$", r"\Z"))


def account_for(resource: Resource) -> BillingAccount:
    """Return the account of the key's organization; Http404 if it is not billed."""
    account = account_of(resource.caller.organization.pk)
    if account is None:
        raise Http404
    return account


@extend_schema_field({"type": "string", "pattern": "^-?[0-9]+$"})
class PicoDollars(serializers.Field[Any, Any, str, Any]):
    """An amount in whole pico-dollars (10^-12 USD), as text: in JSON, numbers above 2^53 may be rounded."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: int) -> str:
        return str(value)


@extend_schema_field({"type": "string", "pattern": _WHOLE})
class WholePicoDollars(StrictText):
    """An amount that comes in, of zero or more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if not _whole.search(text):
            raise serializers.ValidationError("Write whole pico-dollars in digits, such as 100000000000000 for $100.")
        return int(text)
