from typing import Any

from tests.support.ledger import resign

TITLE = "whoever holds the key signs another root"
GUARDED = None
AUDIT = "The leaves are not those of checkpoint"
CODE = 1
REASON = "do not stand in the checkpoint's tree"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("SELECT id, text FROM ledger_checkpoint ORDER BY id DESC LIMIT 1")
    number, text = cursor.fetchone()
    forged = resign(text, root=bytes(32))
    cursor.execute("UPDATE ledger_checkpoint SET text = %s WHERE id = %s", [forged, number])
