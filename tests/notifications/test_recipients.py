"""To whom a mail goes is what was written, or it goes to nobody."""

import pytest

from actors.notifications.composing import recipient_in


@pytest.mark.parametrize("text", ["a:b@x.com", "a..b@x.com", ".a@x.com", "a@x..com", "Ada <a@x.com>", "ä@x.com", ""])
def test_what_a_parser_would_read_into_an_address_is_nobodys(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words say what is wrong with which part
        recipient_in(text)


def test_an_address_is_itself() -> None:
    assert recipient_in("ada+1@example.com") == "ada+1@example.com"
    assert recipient_in("ada@bücher.example") == "ada@xn--bcher-kva.example"
