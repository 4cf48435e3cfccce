"""How mails read: in every language, whatever names people have."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from actors.notifications import rendering
from actors.notifications.mails import NEEDED, MailContent, Template
from actors.notifications.rendering import LANGUAGES, NAME_MAX, SUBJECT_MAX, render
from actors.notifications.wrapping import wrapped
from tests.notifications.written import LINK, mail

OPTIONAL = frozenset(MailContent.model_fields) - {"template", "seller", "locale", "time_zone", "standing"}
HOSTILE = [
    "Ada\r\nBcc: all@example.com",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.live",
    "שלום עולם",
    "A" * 256,
    "\x00\x1b[31m",
    "e\u0301" * 100,
]


def marked(html: str) -> tuple[set[str], set[str]]:
    """Which elements and attributes a page has."""
    return set(re.findall(r"<(\w+)", html)), set(re.findall(r"\s([a-z-]+)=\"", html))


def unwrapped(text: str) -> str:
    return text.replace("\n", " ")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("template", NEEDED)
def test_every_mail_reads_in_every_language_with_everything_and_with_the_least(
    template: Template, language: str
) -> None:
    lacking = dict.fromkeys(OPTIONAL - set(NEEDED[template]) - {"currency"})
    for made in (mail(template, locale=language), mail(template, locale=language, **lacking)):
        read = render(made)
        assert read.subject
        assert "\n" not in read.subject
        assert f'<html lang="{language}">' in read.html
        for text in (read.subject, read.text, read.html):
            assert "None" not in text
            assert "{{" not in text
        assert (LINK in read.text) == (LINK in read.html) == (made.link is not None)


@pytest.mark.parametrize("language", sorted(LANGUAGES - {"en"}))
@pytest.mark.parametrize("template", NEEDED)
def test_no_language_is_left_in_english(template: str, language: str) -> None:
    assert render(mail(template, locale=language)).subject != render(mail(template)).subject


@pytest.mark.parametrize(
    ("template", "locale", "subject"),
    [
        ("receipt", "en-US", "Your receipt from Blue Shop: €1,234.56"),
        ("receipt", "de-DE", "Ihre Zahlung an Blue Shop: 1.234,56 €"),
        ("invoice", "ja-JP", "Blue Shop からの請求書 INV-2026-000001"),
        ("trial_ending", "fr", "Votre essai chez Blue Shop se termine le 22 novembre 2026"),
        ("dispute", "en-GB", "Dispute over €1,234.56: answer by 22 November 2026"),
        ("receipt", "it-IT", "Your receipt from Blue Shop: €1,234.56"),
        ("receipt", "ar", "Your receipt from Blue Shop: €1,234.56"),
    ],
)
def test_amounts_and_days_are_written_as_the_words_are(template: str, locale: str, subject: str) -> None:
    assert render(mail(template, locale=locale)).subject == subject


def test_a_failed_payment_says_why_and_what_comes_next() -> None:
    told = unwrapped(render(mail("payment_failed")).text)
    assert "Your account had not enough money." in told
    assert "It is tried again on November 22, 2026." in told
    last = unwrapped(render(mail("payment_failed", next_attempt_at=None)).text)
    assert "It is not tried again by itself. Please pay with the link below." in last


def test_a_reason_without_words_is_not_shown() -> None:
    for template in ("payment_failed", "dispute"):
        assert "stolen" not in render(mail(template, reason="stolen_card")).text


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("template", NEEDED)
def test_no_name_breaks_out_of_where_it_stands(template: str, name: str) -> None:
    # Given a mail in which all that others wrote is hostile
    plain = mail(template)
    seller = plain.seller.model_copy(update={"name": name})
    hostile = mail(template, seller=seller, customer_name=name, description=name, number=name, payment_method=name)
    # When it is written
    read, usual = render(hostile), render(plain)
    # Then its headers are one line, and its HTML has no other elements than it always has
    assert len(read.subject.splitlines()) == 1
    assert len(read.subject) <= SUBJECT_MAX
    assert marked(read.html) == marked(usual.html)
    for text in (read.subject, read.text, read.html):
        assert not {"\u202e", "\x00", "\x1b", "\r"} & set(text)
        assert "49" not in text


def test_what_is_written_from_right_to_left_stays_in_its_place() -> None:
    assert "\u2068שלום\u2069" in render(mail(customer_name="שלום")).text
    assert "\u2068" not in render(mail()).text


@pytest.mark.parametrize("name", ["Win at evil.example", "https://evil", "ada@evil"])
def test_a_name_that_is_an_address_is_not_greeted(name: str) -> None:
    read = render(mail(customer_name=name))
    assert "evil" not in read.text + read.html
    assert read.text.startswith("Hello,\n")


def test_a_long_name_is_cut() -> None:
    assert f"Hello {'A' * (NAME_MAX - 1)}…," in unwrapped(render(mail(customer_name="A" * 200)).text)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://a.example/\r\nBcc: x", "/i/abc", "data:text/html,x"])
def test_a_button_leads_to_a_site_and_nowhere_else(link: str) -> None:
    with pytest.raises(ValidationError, match="link"):
        mail(link=link)


@pytest.mark.parametrize(("template", "name"), [(each, name) for each, names in NEEDED.items() for name in names])
def test_what_a_mail_needs_must_be_there(template: str, name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        mail(template, **{name: None})


def test_an_amount_needs_its_currency() -> None:
    with pytest.raises(ValidationError, match="currency"):
        mail(currency=None)


def test_a_template_that_asks_for_what_is_not_there_raises() -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        rendering._TEXT.from_string("{{ nowhere }}").render()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("https://example.com/long", ["https://example.com/long"]),
        ("請求書をお送りします。", ["請求書を", "お送りし", "ます。"]),
        ("あいうえ。お", ["あいう", "え。お"]),
        ("", [""]),
        ("a\nb", ["a", "b"]),
    ],
)
def test_text_is_wrapped_where_it_may_be(text: str, lines: list[str]) -> None:
    assert wrapped(text, 8).split("\n") == lines


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200))
def test_wrapping_loses_nothing_but_spaces(text: str) -> None:
    assert "".join(wrapped(text, 20).split()) == "".join(text.split())
