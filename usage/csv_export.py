"""CSV for spreadsheets, with cells that no spreadsheet takes for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

# Where a comma divides decimals, spreadsheets divide cells at semicolons, quoted or not.
_FORMULA_START = re.compile(r"(?:^|(?<=;))(?=\s*[=+\-@]|[\t\r])")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


def neutral(cell: str | int) -> str | int:
    """Return the cell; text that a spreadsheet would calculate gets an apostrophe in front (OWASP CSV injection).

    A number is none, below zero neither: an apostrophe would keep it out of sums.
    """
    if isinstance(cell, str) and not _NUMBER.fullmatch(cell):
        return _FORMULA_START.sub("'", cell)
    return cell


def write(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    return "".join(lines(header, rows))


def lines(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """Return the file line by line, for one that may be long."""
    yield _line(header)
    for row in rows:
        yield _line([neutral(cell) for cell in row])


def _line(cells: Sequence[str | int]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
