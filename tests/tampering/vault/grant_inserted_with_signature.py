from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.models import Grant

TITLE = "a grant is inserted whole, with the signature of another"
EXPECTED = "grant-forged"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.grant = Grant.objects.create(
        purpose="support-request",
        tenant=stage.zoe.pk,
        fields=["accounts.User.email"],
        subjects=[str(stage.zoe.pk)],
        case="T-9",
        maximum=9,
        requester="staff:bo",
        approver="staff:ana",
        approved_at=stage.grant.approved_at,
        until=stage.grant.until,
        signature=stage.grant.signature,
    )
    return stage.open_granted
