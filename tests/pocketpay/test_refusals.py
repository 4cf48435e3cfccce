"""What to do when the gateway takes no key, or not this one, is said in a sentence."""

from pathlib import Path

import pytest

from messages.problems import PROBLEMS
from pocketpay.program import StartFailed
from pocketpay.refusals import refusal
from pocketpay.targets import Door, door

GATEWAY = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "key_missing", "asks for an API key: --key or POCKETPAY_KEY"),
        (401, "key_invalid", "does not know this API key or no longer takes it (key_invalid)"),
        (401, "key_revoked", "no longer takes it (key_revoked)"),
        (403, "scope_missing", "`pocketpay keys create --scope billing:write` makes one that may"),
        (403, "test_mode_only", "the gateway refuses: Because."),
    ],
)
def test_what_is_wrong_with_the_key_is_told(status: int, code: str, words: str) -> None:
    assert words in (refusal(status, {"code": code, "detail": "Because.", "scope": "billing:write"}) or "")


def test_every_refusal_of_a_key_has_words_and_nothing_else_has() -> None:
    told = {code for code, known in PROBLEMS.items() if refusal(known.status, {"code": code})}
    assert told == {code for code, known in PROBLEMS.items() if known.status == 401} | {
        *("scope_missing", "mode_mismatch", "test_mode_only", "auth_required_here")
    }


def test_a_key_of_an_admin_is_made_as_one() -> None:
    assert "keys create --admin`" in (refusal(403, {"code": "scope_missing", "scope": "admin"}) or "")


def test_a_key_comes_from_its_option_else_from_a_file_and_never_shows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("POCKETPAY_GATEWAY_URL", GATEWAY)
    assert door(tmp_path, None) == Door(GATEWAY, None)
    (tmp_path / "key").write_text("ppk_test_file\n")
    monkeypatch.setenv("POCKETPAY_KEY_FILE", str(tmp_path / "key"))
    assert door(tmp_path, None).headers == {"Authorization": "Bearer ppk_test_file"}
    assert door(tmp_path, "ppk_live_given").headers == {"Authorization": "Bearer ppk_live_given"}
    assert "given" not in repr(door(tmp_path, "ppk_live_given"))


def test_what_can_be_no_key_is_not_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POCKETPAY_GATEWAY_URL", GATEWAY)
    with pytest.raises(StartFailed, match="no API key") as told:
        door(tmp_path, "whsec_hush")
    assert "hush" not in str(told.value)
