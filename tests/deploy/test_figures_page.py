"""docs/observing.md tells every figure, as the code has it."""

from health.metrics import OWNERS
from scripts.metrics_table import PAGE, page, table


def test_the_page_has_the_table_that_the_code_makes() -> None:
    text = PAGE.read_text()
    assert table() in text
    assert page(text) == text, "run `python -m scripts.metrics_table`"


def test_every_figure_has_a_line_and_says_what_it_is() -> None:
    lines = table().splitlines()[2:]
    assert len(lines) == sum(len(metrics) for metrics in OWNERS.values())
    assert all(line.endswith(". |") for line in lines)
