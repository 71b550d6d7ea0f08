"""A PDF by hand: one page of lines in Helvetica, which is all that an invoice needs here."""

from dev.stripe_simulator.amounts import dollars
from dev.stripe_simulator.errors import Json

_TOP, _LEFT, _LEADING = 790, 56, 18  # points
MOST_LINES = 40


def invoice(found: Json) -> bytes:
    lines = [f"{line['description'] or 'Item'}: {dollars(line['amount'])}" for line in found["lines"]["data"]]
    if len(lines) > MOST_LINES - 10:
        lines = [*lines[: MOST_LINES - 10], "..."]
    sums = [("Total", "total"), ("Paid", "amount_paid"), ("Due", "amount_remaining")]
    totals = [f"{title}: {dollars(found[name])}" for title, name in sums]
    head = ["Llama console", f"Invoice {found['number']}", f"Status: {found['status']}", ""]
    return document([*head, *lines, "", *totals, "", "Stripe simulator: no real money."])


def credit_note(found: Json) -> bytes:
    return document(["Llama console", f"Credit note {found['number']}", f"Amount: {dollars(found['amount'])}"])


def document(lines: list[str]) -> bytes:
    shown = b" T* ".join(b"(" + _text(line) + b") Tj" for line in lines)
    content = f"BT /F1 12 Tf {_LEADING} TL {_LEFT} {_TOP} Td ".encode() + shown + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources 6 0 R >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream",
        b"<< /Font << /F1 4 0 R >> >>",
    ]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    count = len(objects) + 1
    trailer = f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + f"xref\n0 {count}\n0000000000 65535 f \n".encode() + table + trailer.encode()


def _text(line: str) -> bytes:
    plain = line.encode("cp1252", "replace")
    return plain.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
