"""The organization that the key manages."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import rename_organization
from accounts.policy import Permission
from admin_api.frame.fields import NameField, Strict
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource


class Organization(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000001",
        "name": "Acme Research",
        "slug": "acme-research",
        "created_at": "2026-07-01T09:00:00Z",
    }
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField(help_text="Its part of addresses in the console.")
    created_at = serializers.DateTimeField()


class OrganizationChange(Strict):
    example = {"name": "Acme Research"}
    name = NameField()


class TheOrganization(Resource):
    tag = "Organization"
    operations = {
        "GET": Operation("organization.get", "Get the organization", None, answer=Organization),
        "PATCH": Operation(
            "organization.rename",
            "Rename the organization",
            Permission.RENAME_ORGANIZATION,
            answer=Organization,
            body=OrganizationChange,
            description="Its slug stays: links and scripts name it.",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.shown(self.caller.organization)

    def patch(self, request: Request) -> Response:
        organization = self.caller.organization
        rename_organization(self.caller.actor, organization=organization, name=self.body()["name"])
        organization.refresh_from_db(fields=["name"])
        return self.shown(organization)
