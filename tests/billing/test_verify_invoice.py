"""The verifier as a person runs it: alone, with a report to read, and without a traceback whatever the file."""

import gc
import runpy
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.credit import give_credit
from billing.invoices.bundle import VERIFIER, bundle
from billing.invoices.closing import close_due
from billing.models import BillingAccount, Invoice, LotKind
from billing.settlement import settle_calls
from catalog.models import Model
from catalog.money import PICO
from tests.support.invoices import END, NOON, Bundle, close_november, exported, load_verifier, use, verify
from tests.usage.test_recording import call

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(account: BillingAccount, llama: Model) -> Invoice:
    give_credit(account, LotKind.PAID, PICO // 10, key="topup:1")
    use(account, NOON, prompt_tokens=1_000_000, cached_tokens=0, completion_tokens=0)
    use(account, NOON)
    return close_november(account)


@pytest.mark.parametrize("flag", ["-I", "-IS"])
def test_it_stands_alone(invoice: Invoice, tmp_path: Path, flag: str) -> None:
    path = tmp_path / "invoice.jsonl"
    path.write_bytes(exported(invoice))
    command = [sys.executable, flag, VERIFIER, path, "--hash", invoice.hash.upper()]
    environment = {"PYTHONIOENCODING": "ascii"}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("VERIFIED\n")


def test_it_reads_standard_input_where_the_file_is_a_dash(invoice: Invoice) -> None:
    command = [sys.executable, "-I", VERIFIER, "-"]
    run = subprocess.run(command, input=exported(invoice), capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.startswith(b"VERIFIED\n")


def test_the_report_says_what_was_used_and_what_of_it_is_due(
    invoice: Invoice, account: BillingAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(tmp_path, exported(invoice)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "VERIFIED",
        f"organization  {account.pk}",
        "invoice       1, prepaid, closed 2026-12-01 00:10:00 UTC",
        "span          2026-11-01 00:00:00 UTC to 2026-12-01 00:00:00 UTC",
        "usage         2 calls, 0 of them late, of an earlier span",
        "  $0.18  llama v1 input: 1000060 tokens at 180000 pico-dollars",
        "  $0.00  llama v1 cached_input: 40 tokens at 45000 pico-dollars",
        "  $0.00  llama v1 output: 10 tokens at 590000 pico-dollars",
        "total         $0.18, exactly 180018500000 pico-dollars",
        "from credit   $0.10",
        "carried       -$0.08",
        "due           $0.00",
        f"root          {Bundle(exported(invoice)).snapshot['usage']['root']}",
        f"hash          {invoice.hash}",
    ]


def test_late_calls_are_counted_apart(
    invoice: Invoice, account: BillingAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use(account, NOON, END)
    close_due(END.replace(year=2027))
    assert verify(tmp_path, exported(Invoice.objects.get(number=2))) == 0
    assert "usage         2 calls, 1 of them late, of an earlier span\n" in capsys.readouterr().out


def test_another_hash_than_the_one_that_is_known_is_refuted(
    invoice: Invoice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(tmp_path, exported(invoice), "--hash", invoice.hash) == 0
    tampered = Bundle(exported(invoice))
    tampered.snapshot["organization"] = "00000000-0000-4000-8000-000000000000"
    assert verify(tmp_path, tampered.sealed()) == 0  # a whole forgery agrees with itself
    assert verify(tmp_path, tampered.sealed(), "--hash", invoice.hash) == 1
    assert "another invoice than the one whose hash you named" in capsys.readouterr().out


@pytest.mark.parametrize("value", ["00", "?", "g" * 64])
def test_a_hash_that_is_none_is_a_mistake_of_the_command(value: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        verify(tmp_path, b"", "--hash", value)
    assert ended.value.code == 2


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load_verifier().main([str(tmp_path / "missing")]) == 2
    assert load_verifier().main([str(tmp_path)]) == 2
    assert capsys.readouterr().out.count("UNREADABLE: ") == 2


def test_as_a_script_it_exits_with_its_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(VERIFIER), str(tmp_path / "missing")])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(VERIFIER), run_name="__main__")
    assert ended.value.code == 2


def test_who_reads_only_the_first_lines_sees_no_traceback(invoice: Invoice, tmp_path: Path) -> None:
    path = tmp_path / "invoice.jsonl"
    path.write_bytes(exported(invoice))
    command = f"{sys.executable} -I {VERIFIER} {path} | head -n 0; echo ${{PIPESTATUS[0]}}"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout in ("0\n", "2\n")  # whichever of the two ended first


def test_what_could_command_the_terminal_is_not_printed(
    postpaid: BillingAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use(postpaid, NOON, model="\x1b[2Jllama")
    assert verify(tmp_path, exported(close_november(postpaid))) == 0
    assert "?[2Jllama v0 input" in capsys.readouterr().out


def test_no_changed_byte_is_missed_and_none_makes_a_traceback(
    invoice: Invoice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = exported(invoice)

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(data) - 1), st.integers(1, 255))
    def changed(place: int, by: int) -> None:
        other = data[:place] + bytes([data[place] ^ by]) + data[place + 1 :]
        assert verify(tmp_path, other) in (1, 2)

    changed()
    assert capsys.readouterr().err == ""


def test_neither_the_export_nor_the_verifier_keeps_the_calls_in_memory(
    postpaid: BillingAccount, llama: Model, tmp_path: Path
) -> None:
    peaks = []
    for month, calls in ((10, 4000), (11, 8000)):
        began = NOON.replace(month=month)
        settle_calls([call(organization_id=postpaid.pk, started_at=began) for _ in range(calls)])
        close_due(END.replace(year=2027))
        invoice, path = Invoice.objects.get(start=began.replace(day=1, hour=0, minute=0)), tmp_path / "invoice.jsonl"
        peaks.append(min(_peak(invoice, path) for _ in range(3)))  # servers of other tests may run beside it
    assert path.stat().st_size > 1_000_000
    assert peaks[1] - peaks[0] < 200_000


def _peak(invoice: Invoice, path: Path) -> int:
    """Return the most bytes that an export and its verification held."""
    gc.collect()
    tracemalloc.start()
    with path.open("wb") as file:
        file.writelines(bundle(invoice))
    assert load_verifier().main([str(path)]) == 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@given(st.binary(max_size=300))
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_any_bytes_are_no_bundle(tmp_path: Path, data: bytes) -> None:
    assert verify(tmp_path, data) == 2
