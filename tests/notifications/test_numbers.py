"""Phone numbers as people write them: what is one number beyond doubt is sent to, and nothing else."""

import pytest

from notifications.fingerprints import e164, of_number
from notifications.sms.countries import calling_code

UK, US = "+447700900001", "+12025550143"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+447700900001", UK),
        ("  +44 7700 900001 ", UK),
        ("+44 (7700) 900-001", UK),
        ("+44/7700/900.001", UK),
        ("+44\t7700\u00a0900\u2009001\r\n", UK),
        ("+44‑7700–900—001", UK),
        ("+44·7700·900001", UK),
        ("\u202a+44 7700 900001\u202c", UK),  # as address books copy it
        ("\ufeff+44\u200b7700\u2060900001", UK),
        ("+1 (202) 555-0143", US),
        ("(+1) 202.555.0143", US),
        ("+1234567", "+1234567"),
        ("+123456789012345", "+123456789012345"),
    ],
)
def test_a_number_is_one_however_it_is_written(written: str, number: str) -> None:
    assert e164(written) == number
    assert of_number(e164(written) or "") == of_number(number)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "   ",
        "+",
        "112",
        "07700 900001",
        "0044 7700 900001",
        "447700900001",
        "+0447700900001",
        "++447700900001",
        "+44 (0)7700 900001",
        "+44 ( 0 ) 7700 900001",
        "+123456",
        "+1234567890123456",
        "tel:+447700900001",
        "+447700900001x12",
        "+447700900001;ext=1",
        "+447700900001,,1",
        "+447700900001#",
        "*31#+447700900001",
        "+1-800-FLOWERS",
        "+44 7700 900001 or +44 7700 900002",
        "+447700900001+447700900002",
        "+447700900001\0",
        "+447700900001\x1b[2J",
        "+44_7700900001",
        "+44e5",
        "＋447700900001",
        "+４４７７００９００００１",
        "+٤٤٧٧٠٠٩٠٠٠٠١",
        "+²12345678",
        "−447700900001",
        "olivia@example.com",
        "+44" + "7" * 100_000,
    ],
)
def test_what_could_be_another_number_or_none_is_refused(written: str) -> None:
    assert e164(written) is None


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (UK, "44"),
        (US, "1"),
        ("+74951234567", "7"),
        ("+351912345678", "351"),
        ("+8821612345678", "882"),
        ("+9991", "999"),
    ],
)
def test_every_number_counts_for_a_country(number: str, code: str) -> None:
    assert calling_code(number) == code
