from collections.abc import Callable

from accounts.actions import change_role
from accounts.models import Membership, Role
from ledger.actor import Actor
from tests.tampering.stage import Stage

TITLE = "a viewer who was limited to a project is put back to when they were not"
EXPECTED = "rolled-back"


def tamper(stage: Stage) -> Callable[[], object]:
    row = stage.membership(stage.yan)
    record = stage.read(Membership, "role", row.pk)
    project = stage.llamas.projects.get()
    change_role(Actor.operator(), membership=row, role=Role.VIEWER, projects={project.pk: Role.VIEWER})
    stage.write(Membership, "role", row.pk, record)
    return lambda: stage.open_role(stage.yan)
