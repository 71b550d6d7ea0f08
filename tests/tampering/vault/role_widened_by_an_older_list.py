from collections.abc import Callable

from accounts.actions import change_role, create_project
from accounts.models import Membership, Role
from ledger.actor import Actor
from tests.tampering.stage import Stage

TITLE = "a longer list of projects is put back"
EXPECTED = "rolled-back"


def tamper(stage: Stage) -> Callable[[], object]:
    row, projects = stage.membership(stage.yan), [stage.llamas.projects.get()]
    projects.append(create_project(Actor.operator(), organization=stage.llamas, name="Second"))
    roles = {project.pk: Role.VIEWER for project in projects}
    change_role(Actor.operator(), membership=row, role=Role.DEVELOPER, projects=roles)
    record = stage.read(Membership, "role", row.pk)
    roles.pop(projects[1].pk)
    change_role(Actor.operator(), membership=row, role=Role.DEVELOPER, projects=roles)
    stage.write(Membership, "role", row.pk, record)
    return lambda: stage.open_role(stage.yan)
