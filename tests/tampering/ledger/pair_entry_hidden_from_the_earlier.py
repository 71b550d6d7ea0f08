from typing import Any

from ledger import tree
from ledger.subtrees import stored_hashes
from ledger.trie import Trie
from tests.support.ledger import LLAMAS, resign

TITLE = "whoever holds the key signs a map that hid an entry from the earlier export"
CODE = 1
REASON = "hid entry 4"


def tamper_pair(bundle: dict[str, Any], earlier: dict[str, Any]) -> None:
    kept = earlier["leaves"] = earlier["leaves"][:-1]
    ranges = tree.inclusion(7, [leaf["position"] for leaf in kept])
    ends = Trie([(LLAMAS, len(kept), bytes.fromhex(kept[-1]["hash"]))])
    earlier["inclusion"] = [each.hex() for each in tree.hashes(stored_hashes, list(ranges))]
    earlier["map"] = {"siblings": [], "other": None}
    earlier["checkpoint"] = resign(earlier["checkpoint"], map=ends.root())
    bundle["earlier"][0]["checkpoint"] = earlier["checkpoint"]
