"""Numbers of every odd kind."""

import pytest

from notifications.sms.numbers import calling_code, e164, is_for_texts


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+447700900001", "+447700900001"),
        ("  +44 (7700) 900-001 ", "+447700900001"),
        ("+44(0)7700 900001", "+447700900001"),  # the zero is dialled at home alone
        ("+33.6.12.34.56.78", "+33612345678"),
        ("+39 06 698 12345", "+390669812345"),  # in Italy the zero belongs to the number
        ("＋４４７７００９００００１", "+447700900001"),
        ("+٤٤٧٧٠٠٩٠٠٠٠١", "+447700900001"),
        ("\u202a+447700900001\u202c", "+447700900001"),  # copied from an address book
        ("+54 9 11 2345-6789", "+5491123456789"),
        ("\ufeff+44\u200b7700\u2060900001", "+447700900001"),
        ("+44‑7700–900—001", "+447700900001"),
        ("+44\t7700\u00a0900\u2009001\r\n", "+447700900001"),
        ("(+1) 202.555.0143", "+12025550143"),
        ("+881 6 1234 5678", "+881612345678"),  # a satellite's
    ],
)
def test_one_number_has_many_spellings(written: str, number: str) -> None:
    assert e164(written) == number


@pytest.mark.parametrize(
    "written",
    [
        "",
        "+",
        "07700 900001",  # of which country?
        "447700900001",
        "+0447700900001",
        "+999123456789",
        "+44abc",
        "++447700900001",
        "*31#+447700900001",
        "+447700900001,,1",
        "+447700900001+447700900002",
        "+44_7700900001",
        "+²12345678",
        "−447700900001",
        "tel:+447700900001",
        "+447700900001\x00",
        "+1 800 FLOWERS",
        "+3906698xxxxx",
        "+44\n7700900001;x",
        "+447700900001 ext. 5",
        "+447700900001;ext=5",
        "+1234567890123456",
        "+12",
        "+" + "4" * 5000,
        "+44 7700 900001, +44 7700 900002",
        "112",
        "<script>+447700900001</script>",
        "+44-7700-900001\r\nBcc: x@example.com",
    ],
)
def test_what_is_no_international_number_has_none(written: str) -> None:
    assert e164(written) is None


@pytest.mark.parametrize("number", ["+19005550100", "+18002255288", "+448712345678", "+498001234567"])
def test_no_text_goes_where_no_person_is_or_where_each_costs_extra(number: str) -> None:
    assert e164(number) == number
    assert not is_for_texts(number)


@pytest.mark.parametrize("number", ["+447700900001", "+351912345678", "+12025550143", "+525512345678"])
def test_mobile_and_undecided_numbers_get_texts(number: str) -> None:
    assert is_for_texts(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("+447700900001", "44"),
        ("+351912345678", "351"),
        ("+12025550143", "1"),
        ("+77012345678", "7"),
        ("+8801812345678", "880"),
    ],
)
def test_a_number_belongs_to_its_calling_code(number: str, code: str) -> None:
    assert calling_code(number) == code
