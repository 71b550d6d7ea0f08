"""Verifies an invoice of a Llama Console from its export, without any help from its server.

    python verify_invoice.py BUNDLE [--hash HEX]

BUNDLE is the export of one invoice, or - for standard input. --hash is the invoice's hash as you know it from
elsewhere: from its page, or from the entry `invoice:closed` of your export of the ledger, which `verify_ledger.py`
verifies. Exit code 0: verified; 1: refuted, with the reason; 2: unreadable.

From the tokens of each call and the prices it computes again what each call, each line and all of them cost, the cents,
what is due, and the root over all calls. What was paid by credit and what is carried from or to the account's balance
are the journal's figures: the hash stands for them, and your journal shows them.

This one file needs Python 3.11 and nothing else. It opens no connection, and reads an export of any size in little
memory. The format is docs/invoices.md, version 1; in what follows, H is SHA-256.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from hashlib import sha256
from typing import Any, BinaryIO
from uuid import UUID

BUNDLE = "llama-console-invoice-bundle/1"
INVOICE = "llama-console-invoice/1"
CENT = 10**10  # pico-dollars
LARGEST = 10**38  # of any number
LONGEST_HEAD, LONGEST_SNAPSHOT, LONGEST_CALL = 1 << 10, 1 << 26, 1 << 12  # bytes of a line
CLASSES = ("input", "cached_input", "output")
_WHAT = ("format", "organization", "number", "mode", "currency", "start", "end", "closed")
MEMBERS = (*_WHAT, "lines", "prices", "amounts", "cents", "usage")
LINE = ("model", "price_version", "token_class", "calls", "rate", "tokens", "amount", "cents")
PRICE = ("model", "version", "effective_from", *CLASSES)

# One spelling a call: no white space, no sign, no leading zero, no fraction; hex in lower case, text in ASCII.
_ID = rb'"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"'
_NUMBER = rb"(0|[1-9][0-9]{0,37})"
_TEXT = rb'("(?:[ !#-\[\]-~]|\\["\\bfnrt]|\\u[0-9a-f]{4})*")'
CALL = re.compile(rb"\[" + b",".join([_ID, _NUMBER, _ID, _ID, _TEXT, *[_NUMBER] * 5]) + rb"\]\n")


class Refuted(Exception):
    """The bundle contradicts itself, or the hash that was named."""


class Unreadable(Exception):
    """The file is not a bundle."""


# Reading: everything has exactly the members, types and spelling of the format ---------------


def line_of(file: BinaryIO, longest: int, what: str) -> bytes:
    line = file.readline(longest + 1)
    if len(line) > longest:
        raise Unreadable(f"the line of {what} is longer than any")
    if line and not line.endswith(b"\n"):
        raise Unreadable(f"the file ends within the line of {what}")
    return line


def canonical(line: bytes, what: str) -> Any:
    """Parse a line of JSON that has just one spelling."""
    value = json.loads(line.decode("ascii"), parse_float=refuse, parse_constant=refuse)
    if json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n" != line:
        raise Unreadable(f"{what} is not in the canonical form: sorted members, each once, and no white space")
    return value


def refuse(number: str) -> None:
    raise Unreadable(f"{number[:40]} is not a whole number")


def members(value: Any, what: str, *names: str) -> dict[str, Any]:
    if type(value) is not dict or value.keys() != set(names):
        raise Unreadable(f"{what} does not have the members {', '.join(names)}")
    return value


def rows(value: Any, what: str, *names: str) -> list[dict[str, Any]]:
    if type(value) is not list:
        raise Unreadable(f"there is no list of each {what}")
    return [members(each, f"a {what}", *names) for each in value]


def number(value: Any, *, signed: bool = False) -> int:
    if type(value) is not int or not (-LARGEST if signed else 0) <= value < LARGEST:
        raise Unreadable("a number is not a whole number of at most 38 digits")
    return value


def text(value: Any) -> str:
    if type(value) is not str:
        raise Unreadable("something that should be text is not")
    return value


def digest(value: Any) -> bytes:
    if not re.fullmatch("[0-9a-f]{64}", text(value)):
        raise Unreadable("a hash is not 64 lower-case hex digits")
    return bytes.fromhex(value)


def numbers(value: dict[str, Any], *names: str) -> None:
    for name in names:
        number(value[name])


# The snapshot -------------------------------------------------------------------------------

Version = tuple[str, int]  # of a model


@dataclass
class Invoice:
    """The snapshot, in types that can be reckoned with."""

    said: dict[str, Any]
    organization: UUID
    lines: list[dict[str, Any]]
    prices: dict[Version, dict[str, Any]]
    hash: bytes

    def rates(self, version: Version) -> tuple[int, int, int]:
        """Return what a token of each class costs; version 0 is that of a model without a price."""
        if not version[1]:
            return (0, 0, 0)
        if version not in self.prices:
            raise Refuted(f"version {version[1]} of the price of {version[0]} is not in the invoice")
        price = self.prices[version]
        return price["input"], price["cached_input"], price["output"]


def read_invoice(file: BinaryIO) -> Invoice:
    head = members(canonical(line_of(file, LONGEST_HEAD, "the head"), "the head"), "the head", "format", "hash")
    if head["format"] != BUNDLE:
        raise Unreadable(f"the format is not {BUNDLE}")
    line = line_of(file, LONGEST_SNAPSHOT, "the snapshot")
    said = members(canonical(line, "the snapshot"), "the snapshot", *MEMBERS)
    if said["format"] != INVOICE:
        raise Unreadable(f"the format of the snapshot is not {INVOICE}")
    if sha256(line[:-1]).digest() != digest(head["hash"]):
        raise Refuted("the snapshot is not what its hash says")
    return typed(said, digest(head["hash"]))


def typed(said: dict[str, Any], found: bytes) -> Invoice:
    numbers(said, "number", "start", "end", "closed")
    if said["mode"] not in ("prepaid", "postpaid") or said["currency"] != "usd":
        raise Unreadable("the mode or the currency is none that there is")
    organization = UUID(text(said["organization"]))
    if str(organization) != said["organization"]:
        raise Unreadable("the organization is not a UUID in lower case")
    lines, prices = rows(said["lines"], "line", *LINE), rows(said["prices"], "price", *PRICE)
    for line in lines:
        numbers(line, "price_version", "calls", "rate", "tokens", "amount", "cents")
        text(line["model"]), text(line["token_class"])
    for price in prices:
        numbers(price, "version", "effective_from", *CLASSES)
        text(price["model"])
    read_figures(said)
    found_prices = {(price["model"], price["version"]): price for price in prices}
    if len(found_prices) != len(prices) or any(not version for _, version in found_prices):
        raise Refuted("a version of a price stands there twice, or is none")
    return Invoice(said, organization, lines, found_prices, found)


def read_figures(said: dict[str, Any]) -> None:
    amounts = members(said["amounts"], "the list of amounts", "usage", "credit", "carried", "rounding")
    cents = members(said["cents"], "the list of cents", "total", "credit", "carried", "due")
    usage = members(said["usage"], "the usage", "events", "root")
    numbers(amounts, "usage", "credit")
    numbers(cents, "total", "credit", "due")
    numbers(usage, "events")
    for value in (amounts["carried"], amounts["rounding"], cents["carried"]):
        number(value, signed=True)
    digest(usage["root"])


# The calls ----------------------------------------------------------------------------------


@dataclass
class Usage:
    """What the calls come to."""

    events: int = 0
    amount: int = 0
    late: int = 0  # began before the span: they came after the invoice of their month was closed
    sums: dict[Version, list[int]] = field(default_factory=dict)  # calls, and tokens of each class
    tree: list[bytes] = field(default_factory=list)  # roots of perfect subtrees, biggest first

    def root(self) -> bytes:
        if not self.tree:
            return sha256(b"").digest()
        return reduce(lambda right, left: inner(left, right), reversed(self.tree))


def inner(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def read_usage(file: BinaryIO, invoice: Invoice) -> Usage:
    """Read the calls one by one: each comes after the one before, lies in the span and costs what its price says."""
    usage, last, known = Usage(), b"", dict[tuple[bytes, bytes], Known]()
    start, end = invoice.said["start"], invoice.said["end"]
    while line := line_of(file, LONGEST_CALL, f"call {usage.events + 1}"):
        usage.events += 1
        found = CALL.fullmatch(line)
        if not found:
            raise Unreadable(f"call {usage.events} is not in the canonical form of a call")
        call, began, _, _, model, prompt, cached, completion, version, amount = found.groups()
        if call <= last:
            raise Refuted(f"call {usage.events} stands twice or out of order")
        priced = known.get((model, version)) or add(known, model, version, invoice, usage)
        if int(began) >= end or int(began) < priced.begins:
            raise Refuted(f"call {usage.events} began after the invoice's span or before its price")
        usage.late += int(began) < start
        priced.count(int(prompt), int(cached), int(completion), int(amount), usage.events)
        usage.amount += int(amount)
        append(usage.tree, usage.events, sha256(b"\x00" + line[:-1]).digest())
        last = call
    return usage


@dataclass(slots=True)
class Known:
    """The price of some calls, and what they come to."""

    rates: tuple[int, int, int]
    begins: int
    sums: list[int]

    def count(self, prompt: int, cached: int, completion: int, amount: int, place: int) -> None:
        if cached > prompt:
            raise Refuted(f"call {place} has more cached tokens than its prompt has")
        fresh, sums = prompt - cached, self.sums
        if fresh * self.rates[0] + cached * self.rates[1] + completion * self.rates[2] != amount:
            raise Refuted(f"call {place} does not cost what its tokens and its price come to")
        sums[0] += 1
        sums[1] += fresh
        sums[2] += cached
        sums[3] += completion


def add(known: dict[tuple[bytes, bytes], Known], model: bytes, version: bytes, invoice: Invoice, usage: Usage) -> Known:
    name = json.loads(model)
    if json.dumps(name).encode() != model:
        raise Unreadable("the name of a model is not in the canonical form")
    place = (name, int(version))
    rates = invoice.rates(place)
    begins = invoice.prices[place]["effective_from"] if place in invoice.prices else 0
    known[model, version] = Known(rates, begins, usage.sums.setdefault(place, [0, 0, 0, 0]))
    return known[model, version]


def append(tree: list[bytes], size: int, leaf: bytes) -> None:
    """Add a leaf to the tree of RFC 6962, which has `size` leaves with it."""
    while not size & 1:
        leaf, size = inner(tree.pop(), leaf), size >> 1
    tree.append(leaf)


# What follows from the calls ----------------------------------------------------------------


def verify(invoice: Invoice, usage: Usage) -> None:
    said = invoice.said
    if not said["start"] < said["end"] <= said["closed"] or not said["number"]:
        raise Refuted("the invoice was closed before its span was over, or has no span or no number")
    if usage.events != said["usage"]["events"]:
        raise Refuted(f"there are {usage.events} calls, and the invoice is of {said['usage']['events']}")
    verify_lines(invoice, usage)
    if set(usage.sums) - {(model, 0) for model, _ in usage.sums} != set(invoice.prices):
        raise Refuted("the prices are not those of the calls")
    verify_amounts(said["amounts"], said["cents"], usage.amount, said["mode"])
    if usage.root() != digest(said["usage"]["root"]):
        raise Refuted("the calls are not those that the root stands for")


def verify_lines(invoice: Invoice, usage: Usage) -> None:
    expected = [
        (model, version, name, calls, rate, tokens, tokens * rate)
        for (model, version), (calls, *counts) in sorted(usage.sums.items())
        for name, rate, tokens in zip(CLASSES, invoice.rates((model, version)), counts, strict=True)
    ]
    for place, (line, due) in enumerate(zip(invoice.lines, expected, strict=False), 1):
        if tuple(line[name] for name in LINE[:-1]) != due:
            raise Refuted(f"line {place} is not the sum of its calls")
    if len(invoice.lines) != len(expected):
        raise Refuted("there are more or fewer lines than the calls come to")
    cents = split_cents([line["amount"] for line in invoice.lines])
    for place, (line, right) in enumerate(zip(invoice.lines, cents, strict=True), 1):
        if line["cents"] != right:
            raise Refuted(f"the cents of line {place} are not its share of the total")


def verify_amounts(amounts: dict[str, int], cents: dict[str, int], usage: int, mode: str) -> None:
    if amounts["usage"] != usage:
        raise Refuted("the amount of the usage is not the sum of the calls")
    if amounts["credit"] > usage:
        raise Refuted("more credit was taken than was used")
    uncovered = usage - amounts["credit"]
    exact = uncovered + amounts["carried"]
    if exact < 0 or (mode == "prepaid" and exact):
        raise Refuted("what is due is less than nothing, or is asked of who pays in advance")
    if in_cents(exact) * CENT - exact != amounts["rounding"]:
        raise Refuted("the rounding is not what is between the exact amount and whole cents")
    total, due, rest = in_cents(usage), in_cents(exact), in_cents(uncovered)
    for name, right in {"total": total, "due": due, "credit": total - rest, "carried": due - rest}.items():
        if cents[name] != right:
            raise Refuted(f"the cents of what is {name} are {right}, and the invoice says {cents[name]}")


def in_cents(pico: int) -> int:
    """Round to the nearest whole cents, half a cent upwards."""
    return (2 * pico + CENT) // (2 * CENT)


def split_cents(amounts: list[int]) -> list[int]:
    """Give the cents that whole ones leave over to the largest remainders, of equal ones to the first."""
    cents = [amount // CENT for amount in amounts]
    left = in_cents(sum(amounts)) - sum(cents)
    for place in sorted(range(len(amounts)), key=lambda place: (-(amounts[place] % CENT), place))[:left]:
        cents[place] += 1
    return cents


# The report ---------------------------------------------------------------------------------


def report(invoice: Invoice, usage: Usage) -> Iterator[str]:
    """Yield what was verified, line by line."""
    said, cents = invoice.said, invoice.said["cents"]
    yield f"organization  {invoice.organization}"
    yield f"invoice       {said['number']}, {said['mode']}, closed {moment(said['closed'])}"
    yield f"span          {moment(said['start'])} to {moment(said['end'])}"
    yield f"usage         {usage.events} calls, {usage.late} of them late, of an earlier span"
    for line in invoice.lines:
        name = f"{line['model']} v{line['price_version']} {line['token_class']}"
        yield f"  {dollars(line['cents'])}  {name}: {line['tokens']} tokens at {line['rate']} pico-dollars"
    yield f"total         {dollars(cents['total'])}, exactly {usage.amount} pico-dollars"
    yield f"from credit   {dollars(cents['credit'])}"
    yield f"carried       {dollars(cents['carried'])}"
    yield f"due           {dollars(cents['due'])}"
    yield f"root          {said['usage']['root']}"
    yield f"hash          {invoice.hash.hex()}"


def dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100}.{abs(cents) % 100:02d}"


def moment(microseconds: int) -> str:
    try:
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds):%Y-%m-%d %H:%M:%S} UTC"
    except OverflowError:
        return f"{microseconds} microseconds after 1970"


def show(line: str) -> None:
    """Print a line; what the terminal can't show, or would obey, is replaced."""
    encoding = sys.stdout.encoding or "utf-8"
    print("".join(each if each.isprintable() else "?" for each in line).encode(encoding, "replace").decode(encoding))


def hash_argument(value: str) -> bytes:
    try:
        return digest(value.lower())
    except Unreadable:
        raise argparse.ArgumentTypeError("the hash is 64 hex digits") from None


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--hash", type=hash_argument)
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    options = arguments(argv)
    try:
        with sys.stdin.buffer if options.bundle == "-" else open(options.bundle, "rb") as file:
            invoice = read_invoice(file)
            if options.hash not in (None, invoice.hash):
                raise Refuted("this is another invoice than the one whose hash you named")
            usage = read_usage(file, invoice)
        verify(invoice, usage)
        lines = list(report(invoice, usage))
    except Refuted as reason:
        show(f"REFUTED: {reason}.")
        return 1
    except (Unreadable, OSError, ValueError, RecursionError, MemoryError) as reason:
        show(f"UNREADABLE: {str(reason) or type(reason).__name__}.")
        return 2
    show("VERIFIED")
    for line in lines:
        show(line)
    return 0


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # somebody reads only the first lines; no traceback, and no word of success either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 2
    sys.exit(code)
