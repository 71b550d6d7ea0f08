from typing import Any

from ledger import tree
from ledger.subtrees import stored_hashes

TITLE = "the newest entry is cut off, and the tree's proof made to fit"
CODE = 1
REASON = "does not end where the checkpoint's map says"


def tamper(bundle: dict[str, Any]) -> None:
    del bundle["leaves"][-1]
    positions = [leaf["position"] for leaf in bundle["leaves"]]
    ranges = list(tree.inclusion(12, positions))
    bundle["inclusion"] = [each.hex() for each in tree.hashes(stored_hashes, ranges)]
