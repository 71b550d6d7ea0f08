"""Billing contacts: addresses that hear of money without an account. Their addresses open, and that is recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import add_contact, ask_again, remove_contact
from accounts.actions.billing_contacts import MAX_CONTACTS, AlreadyThere, TooMany, TooOften
from accounts.contacts import addresses_of
from accounts.models import BillingContact as Model
from accounts.policy import Permission
from admin_api.frame.fields import EmailField, Strict
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource

_LANGUAGES = [code for code, _ in settings.LANGUAGES]
_REFUSALS = {
    AlreadyThere: "This address is a contact of the organization already.",
    TooMany: f"An organization can have {MAX_CONTACTS} billing contacts. Remove one first.",
    TooOften: "The question was sent often lately. Try again in an hour.",
}


class BillingContact(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000009",
        "email": "invoices@example.com",
        "language": "en",
        "confirmed_at": None,
        "created_at": "2026-07-01T09:00:00Z",
    }
    id = serializers.UUIDField()
    email = serializers.CharField()
    language = serializers.ChoiceField(_LANGUAGES)
    confirmed_at = serializers.DateTimeField(
        allow_null=True, help_text="When its owner said yes; until then it gets the question alone."
    )
    created_at = serializers.DateTimeField()


class NewBillingContact(Strict):
    example = {"email": "invoices@example.com", "language": "en"}
    email = EmailField()
    language = serializers.ChoiceField(_LANGUAGES, default="en")


@dataclass(frozen=True, slots=True, repr=False)
class _Shown:
    pk: UUID
    email: str
    language: str
    confirmed_at: datetime | None
    created_at: datetime

    @property
    def id(self) -> UUID:
        return self.pk


class BillingContacts(Making):
    tag = "Billing contacts"
    operations = {
        "GET": Operation(
            "billingContacts.list",
            "List billing contacts",
            Permission.MANAGE_BILLING_CONTACTS,
            answer=BillingContact,
            query=PageQuery,
            paged=True,
        ),
        "POST": Operation(
            "billingContacts.create",
            "Add a billing contact",
            Permission.MANAGE_BILLING_CONTACTS,
            answer=BillingContact,
            status=201,
            body=NewBillingContact,
            description="The address is asked first; nothing else goes there before its owner says yes.",
            conflicts="The address is there, there are too many, or too much was asked lately",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.page(_contacts(self), show=lambda found: _opened(self, found))

    def prepare(self, **kwargs: Any) -> Callable[[], _Shown]:
        data, caller = self.body(), self.caller

        def act() -> _Shown:
            try:
                made = add_contact(
                    caller.actor, organization=caller.organization, creator=caller.key.created_by, **data
                )
            except tuple(_REFUSALS) as refusal:
                raise Conflict(_REFUSALS[type(refusal)]) from None
            return _shown(made, data["email"])

        return act

    def again(self, pk: UUID, **kwargs: Any) -> _Shown:
        return _opened(self, [_contact(self, pk)])[0]


class OneBillingContact(Resource):
    tag = "Billing contacts"
    operations = {
        "GET": Operation(
            "billingContacts.get", "Get a billing contact", Permission.MANAGE_BILLING_CONTACTS, answer=BillingContact
        ),
        "DELETE": Operation(
            "billingContacts.delete",
            "Remove a billing contact",
            Permission.MANAGE_BILLING_CONTACTS,
            status=204,
            description="Its address is erased.",
        ),
    }

    def get(self, request: Request, contact_id: UUID) -> Response:
        return self.shown(_opened(self, [_contact(self, contact_id)])[0])

    def delete(self, request: Request, contact_id: UUID) -> Response:
        remove_contact(self.caller.actor, _contact(self, contact_id))
        return Response(status=204)


class Question(Making):
    tag = "Billing contacts"
    operations = {
        "POST": Operation(
            "billingContacts.askAgain",
            "Ask a billing contact again",
            Permission.MANAGE_BILLING_CONTACTS,
            answer=BillingContact,
            status=202,
            description="The question goes out with a new link; the former link ends.",
            conflicts="The contact has said yes, or too much was asked lately",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], _Shown]:
        contact = _contact(self, kwargs["contact_id"])

        def act() -> _Shown:
            try:
                if not ask_again(self.caller.actor, contact):
                    raise Conflict("This contact has said yes already.")
            except TooOften:
                raise Conflict(_REFUSALS[TooOften]) from None
            return self.again(contact.pk)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> _Shown:
        return _opened(self, [_contact(self, pk)])[0]


def _contacts(resource: Resource) -> QuerySet[Model]:
    return resource.caller.organization.billing_contacts.all()


def _contact(resource: Resource, pk: UUID) -> Model:
    return get_object_or_404(_contacts(resource), pk=pk)


def _opened(resource: Resource, contacts: Sequence[Model]) -> list[_Shown]:
    addresses = addresses_of(resource.caller.actor, contacts)
    return [_shown(each, addresses[each.pk]) for each in contacts]


def _shown(contact: Model, email: str) -> _Shown:
    return _Shown(contact.pk, email, contact.language, contact.confirmed_at, contact.created_at)
