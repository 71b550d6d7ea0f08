from typing import Any

from tests.support.ledger import resign

TITLE = "whoever holds the key signs another map"
GUARDED = None
AUDIT = "The chains do not end where checkpoint"
CODE = None
REASON = ""


def tamper_sql(cursor: Any) -> None:
    cursor.execute("SELECT id, text FROM ledger_checkpoint ORDER BY id DESC LIMIT 1")
    number, text = cursor.fetchone()
    forged = resign(text, map=bytes(32))
    cursor.execute("UPDATE ledger_checkpoint SET text = %s WHERE id = %s", [forged, number])
