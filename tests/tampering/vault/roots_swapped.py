from collections.abc import Callable

from tests.tampering.stage import Stage
from vault.roots import create_file

TITLE = "the root keys are those of another installation"
RECORDED = False  # the key of the ledger's pen does not open either
EXPECTED = "wrong-root"


def tamper(stage: Stage) -> Callable[[], object]:
    stage.roots.unlink()
    create_file(stage.roots)
    stage.restart()
    return stage.open_own
