"""What an audit event says of a change: what it was and what it is, in values that every verifier reads."""

from ledger.events import changes, listed
from ledger.leaves import Plain


def test_only_what_differs_is_said() -> None:
    before, after = {"name": "a", "days": 3, "note": "b"}, {"name": "a", "days": 7, "note": "b"}
    assert changes(before, after) == {"before_days": 3, "after_days": 7}
    assert changes({"days": 3}, {"days": 3}) == {}
    assert changes({}, {"days": 3}) == {"before_days": None, "after_days": 3}


def test_all_that_differs_is_said() -> None:
    said = changes({"days": 3, "name": "a"}, {"days": 7, "name": "b"})
    assert said == {"before_days": 3, "after_days": 7, "before_name": "a", "after_name": "b"}
    assert changes({"who": "all"}, {"who": ["a"]}) == {"removed_who": "all", "added_who": "a"}


def test_a_list_that_just_fits_stands_whole_and_a_longer_one_loses_as_little_as_it_can() -> None:
    items = ["8 or ten"] * 19
    whole = listed([*items, "ten or ten"])
    assert (len(whole), whole[-10:]) == (200, "ten or ten")
    assert listed([*items, "eleven or 8"]) == ", ".join(items) + ", and 1 more"


def test_of_a_list_what_went_and_what_came_is_said() -> None:
    said = changes({"kinds": ["a", "b"]}, {"kinds": ["b", "c", "d"]})
    assert said == {"removed_kinds": "a", "added_kinds": "c, d"}
    assert changes({}, {"kinds": ["a"]}) == {"removed_kinds": "", "added_kinds": "a"}
    assert changes({"kinds": ["a"]}, {"kinds": ["a"]}) == {}


def test_a_long_list_is_cut_at_an_item_and_says_so() -> None:
    text = listed(f"item-{n:03}.example" for n in range(100))
    assert len(text) <= 200
    assert text.endswith(" more")
    kept = text.split(", ")
    assert all(item.endswith(".example") for item in kept[:-1])
    assert len(kept) - 1 + int(kept[-1].split()[1]) == 100


def test_a_difference_beyond_the_cut_is_a_difference() -> None:
    names = [f"item-{n:03}.example" for n in range(100)]
    said: dict[str, Plain] = changes({"names": names}, {"names": names[:-1]})
    assert said == {"removed_names": "item-099.example", "added_names": ""}
