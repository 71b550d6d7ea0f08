import json
from typing import Any

from ledger.append import append_leaf
from tests.support.ledger import PEN, bundle, opening

TITLE = "an opening names no field"
CODE = 0
REASON = "1 × no field named for own-account by user:"  # it is counted, so it is listed


def tamper(_: dict[str, Any]) -> str:
    append_leaf(opening(more={"fields": [], "subjects": []}), pen=PEN)
    return json.dumps(bundle())
