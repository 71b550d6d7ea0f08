"""Makes an organization with a project, a key and a priced model, and what its gateways show; prints them as JSON.

Run as a program over databases of its own, by test_process.
"""

import json

import django

django.setup()

from django.utils import timezone

from accounts.actions import create_organization
from accounts.entries import Contact
from accounts.models import User
from accounts.policy import Permission
from catalog.models import Model
from catalog.prices import set_price
from keys.actions import issue_key
from keys.admin.actions import issue_admin_key
from keys.control.actions import issue_control_key
from keys.models import Level, Limits
from ledger.actor import Actor
from tests.gateway.fakes import MODEL

OPERATOR = Actor.operator()


def main() -> None:
    owner = User.objects.create_user("olivia@example.com", None, email_verified_at=timezone.now(), name="Olivia")
    contact = Contact("Olivia", "olivia@example.com")
    organization = create_organization(OPERATOR, name="Llamas of Lisbon", owner=owner, contact=contact)
    project = organization.projects.get()
    model = Model.objects.create(name=MODEL, title="Llama", upstream_name="llama")
    set_price(OPERATOR, model, input_rate=180_000, cached_input_rate=45_000, output_rate=590_000)
    key, secret = issue_key(OPERATOR, project=project, name="Web")
    revoked, revoked_secret = issue_key(OPERATOR, project=project, name="Old")
    type(revoked).objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    few, few_secret = issue_key(OPERATOR, project=project, name="Few")
    Limits.objects.create(subject_id=few.pk, level=Level.KEY, organization_id=organization.pk, requests_per_minute=2)
    mute, mute_secret = issue_key(OPERATOR, project=project, name="Mute")
    type(mute).objects.filter(pk=mute.pk).update(scopes=["models"])
    scopes = [Permission.VERIFY_KEYS, Permission.REPORT_USAGE]
    _, admin = issue_admin_key(OPERATOR, organization=organization, name="Gateway", scopes=scopes, creator=owner)
    _, control = issue_control_key(OPERATOR, name="Gateway")
    told = {
        "organization": str(organization.pk), "project": str(project.pk), "key_id": str(key.pk), "key": secret,
        "revoked": revoked_secret, "few": few_secret, "mute": mute_secret, "admin": admin, "control": control,
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
