"""Mail goes in by SMTP and comes out on pages and as JSON; whatever it holds, it does no harm."""

import smtplib
import urllib.error
from email.message import EmailMessage

import pytest

from tests.dev.conftest import World

LINK = "http://localhost:8000/verify/abc?x=1&y=2"


def send(
    world: World, subject: str = "Confirm your email address", text: str = f"Open {LINK}.\n", html: str = ""
) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "Llama console <console@localhost>", "olivia@example.com"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", world.smtp_port, timeout=5) as smtp:
        smtp.send_message(mail)


def send_raw(world: World, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", world.smtp_port, timeout=5) as smtp:
        smtp.sendmail("console@localhost", ["olivia@example.com"], raw)


def newest_path(world: World) -> str:
    return f"/mailbox/{world.json('/mailbox.json')[0]['id']}"


def test_a_mail_appears_as_json_newest_first(world: World) -> None:
    send(world, subject="First")
    send(world, subject="Second")
    newest, oldest = world.json("/mailbox.json")
    assert (newest["subject"], oldest["subject"]) == ("Second", "First")
    assert newest["to"] == "olivia@example.com"
    assert newest["from"] == "Llama console <console@localhost>"
    assert newest["text"] == f"Open {LINK}.\n"
    assert newest["links"] == [LINK]


def test_a_mail_appears_on_the_page_with_its_link_as_a_button(world: World) -> None:
    send(world)
    page, _ = world.get("/mailbox")
    assert "Confirm your email address" in page
    assert '<a class="btn primary" href="http://localhost:8000/verify/abc?x=1&amp;y=2">Open link</a>' in page


def test_a_mail_opens_with_its_headers_its_frame_and_its_text(world: World) -> None:
    send(world, html=f'<p>Open <a href="{LINK}">it</a></p>')
    page, _ = world.get(newest_path(world))
    assert "olivia@example.com" in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"' in page
    assert '<a href="http://localhost:8000/verify/abc?x=1&amp;y=2">' in page


def test_a_hostile_subject_is_inert(world: World) -> None:
    send(world, subject="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")
    for path in ("/mailbox", newest_path(world)):
        page, headers = world.get(path)
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_a_hostile_mail_runs_no_script_even_on_its_own(world: World) -> None:
    send(world, html="<html><head><title>x</title></head><script>alert(1)</script></html>")
    page, headers = world.get(f"{newest_path(world)}/html")
    assert page.startswith('<html><head><base target="_top">')
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "sandbox allow-popups" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "allow-scripts" not in headers["Content-Security-Policy"]


def test_only_web_addresses_become_links(world: World) -> None:
    send(world, text="javascript:alert(1) and (https://a.example/x).", html='<a href="javascript:alert(1)">x</a>')
    assert world.json("/mailbox.json")[0]["links"] == ["https://a.example/x"]
    assert 'href="javascript' not in world.get(newest_path(world))[0]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no headers at all",
        b"Subject: =?utf-8?B?////?=\r\n\r\nbody",
        b"Subject: x\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe body",
        b"Subject: \xff\xfe\r\nContent-Type: multipart/alternative\r\n\r\nno boundary",
        b"Subject: x\r\nContent-Type: text/html\r\n\r\n<![if x <a href='https://a.example'",
    ],
)
def test_a_broken_mail_is_kept_and_shown(world: World, raw: bytes) -> None:
    send_raw(world, raw)
    assert len(world.json("/mailbox.json")) == 1
    assert "olivia@example.com" in world.get("/mailbox")[0]
    world.get(newest_path(world))


def test_the_newest_two_hundred_are_kept(world: World) -> None:
    with smtplib.SMTP("127.0.0.1", world.smtp_port, timeout=5) as smtp:
        for number in range(201):
            smtp.sendmail("console@localhost", ["olivia@example.com"], f"Subject: mail {number}\r\n\r\n")
    subjects = [mail["subject"] for mail in world.json("/mailbox.json")]
    assert len(subjects) == 200
    assert (subjects[0], subjects[-1]) == ("mail 200", "mail 1")


def test_an_empty_mailbox_says_so_and_a_missing_mail_is_not_found(world: World) -> None:
    assert "No mail yet" in world.get("/mailbox")[0]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        world.get("/mailbox/999999")


def test_the_list_refreshes_itself_and_a_mail_does_not(world: World) -> None:
    send(world)
    assert 'http-equiv="refresh"' in world.get("/mailbox")[0]
    assert 'http-equiv="refresh"' not in world.get(newest_path(world))[0]


def test_the_styles_are_a_file_of_their_own(world: World) -> None:
    styles, headers = world.get("/static/outside.css")
    assert headers.get_content_type() == "text/css"
    assert "color-scheme: light dark" in styles
    with pytest.raises(urllib.error.HTTPError, match="404"):
        world.get("/static/..%2foutside.py")
