"""What rules find wrong with a field is said in the words of the contract."""

import re
from pathlib import Path

import actors

CODES = {
    *("missing", "unknown_field", "wrong_type", "too_small", "too_large", "too_short", "too_long", "bad_format"),
    *("not_one_of", "not_found", "duplicate", "conflicts_with", "not_allowed_here"),
}
SAID = re.compile(r'(?:invalid|Fault)\(\s*f?(?:"[^"]*"|\w+),\s*"(\w+)"')


def test_every_field_code_is_one_of_the_contract() -> None:
    rules = Path(actors.__file__).parent.rglob("*.py")
    said = {code for file in rules for code in SAID.findall(file.read_text())}
    assert said - CODES == set()
    assert len(said) > 5
