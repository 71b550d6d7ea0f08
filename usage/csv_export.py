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


def joined(cells: Iterable[Sequence[str | int]]) -> str:
    """Return lines of cells that are neutral already."""
    out = io.StringIO()
    csv.writer(out).writerows(cells)
    return out.getvalue()


def lines(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """Return the file line by line, for one that may be long."""
    yield joined([header])
    for row in rows:
        yield joined([[neutral(cell) for cell in row]])
