"""Names of sealed fields."""

from trust import fields
from vault.purposes import RULES


def test_each_field_that_may_open_has_a_name_for_people() -> None:
    opened = {field for rule in RULES.values() for field in rule.fields}
    assert [field for field in sorted(opened) if fields.name(field) == field] == []
