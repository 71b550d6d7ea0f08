"""Addresses as people paste them."""

import pytest

from accounts.pasted import read


def found(text: str) -> list[str | None]:
    return [each.email for each in read(text)]


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("a@x.example", ["a@x.example"]),
        ("a@x.example, b@x.example;c@x.example\n\nd@x.example\r\n", [f"{n}@x.example" for n in "abcd"]),
        ("a@x.example b@x.example\tc@x.example", [f"{n}@x.example" for n in "abc"]),
        ("Ada <a@x.example>, Bo B. <b@x.example>", ["a@x.example", "b@x.example"]),
        ('"Last, First" <a@x.example>, <b@x.example>', ["a@x.example", "b@x.example"]),
        ("  \n , ; ", []),
        ("", []),
        ("nobody", [None]),
        ("Ada Admin a@x.example", [None]),
        ("a@x.example>", [None]),
        ("a@", [None]),
        ("a@x.example\x00", [None]),
        ("a@x.example\u2028Bcc: b@x.example", [None]),
        ("<a@x.example\nBcc: b@x.example>", [None, None]),
        (f"{'x' * 250}@x.example", [None]),
        ("a@x.example,nobody,b@x.example", ["a@x.example", None, "b@x.example"]),
    ],
)
def test_each_part_is_an_address_or_none(text: str, emails: list[str | None]) -> None:
    assert found(text) == emails


def test_what_is_no_address_is_kept_short_to_show_it() -> None:
    (part,) = read("x" * 5000)
    assert (part.email, len(part.text)) == (None, 100)


def test_a_long_list_is_read_in_no_time() -> None:
    assert len(read('"' * 20_000)) == 1
    assert len(read("<" * 20_000)) == 1
    assert len(read("a@x.example," * 1600)) == 1600
