"""Plain text in lines that are easy to read, also where words are not separated by spaces."""

import re
import unicodedata
from typing import Final

COLUMNS: Final = 72

_WIDE = "\u3000-\ua4cf\uf900-\ufaff\uff00-\uffef"
_PIECE = re.compile(rf"[{_WIDE}][、。，．」）！？：ー…]*| +|[^ {_WIDE}]+")
"""What stays whole: a word, or one sign of Chinese or Japanese with what must not begin a line after it."""


def wrapped(text: str, columns: int = COLUMNS) -> str:
    """Each line of the text in lines of so many columns. A word that is longer, such as an address, stays whole."""
    return "\n".join(_wrapped(line, columns) for line in text.split("\n"))


def _wrapped(line: str, columns: int) -> str:
    lines, current = [], ""
    for piece in _PIECE.findall(line):
        if current and _width(current + piece.rstrip()) > columns:
            lines.append(current.rstrip())
            current = ""
        current += piece if current else piece.lstrip()
    return "\n".join([*lines, current.rstrip()])


def _width(text: str) -> int:
    """In columns: the signs of East Asian scripts take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
