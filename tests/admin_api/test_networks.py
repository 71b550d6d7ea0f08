"""An organization that opens from its own networks alone answers programs from there alone."""

import pytest

from accounts.models import Organization, SecuritySettings
from tests.admin_api.conftest import Caller

pytestmark = pytest.mark.django_db


def test_a_program_from_elsewhere_is_refused(olivia: Caller, otto: Caller, organization: Organization) -> None:
    SecuritySettings.objects.create(organization=organization, networks=["198.51.100.0/24"])
    answer = olivia.ask("projects/")
    assert answer.status_code == 403
    assert "data" not in answer.json()
    assert olivia.get("/api/v1/projects/", REMOTE_ADDR="198.51.100.7").status_code == 200
    assert otto.ask("projects/").status_code == 200


def test_of_rules_for_people_programs_follow_none(olivia: Caller, organization: Organization) -> None:
    SecuritySettings.objects.create(organization=organization, second_factor=True, session_hours=1, idle_minutes=15)
    assert olivia.ask("projects/").status_code == 200
