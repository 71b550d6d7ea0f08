from collections.abc import Callable

from tests.tampering.stage import Stage

TITLE = "a tenant that the grant does not name"
EXPECTED = "outside-grant"


def tamper(stage: Stage) -> Callable[[], object]:
    return lambda: stage.open_granted(tenant=stage.yan.pk)
