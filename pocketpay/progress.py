"""A bar for long work: on standard error, and only where somebody looks; elsewhere nothing is written."""

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, ProgressColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from storage.progress import Progress


@contextmanager
def bar(
    words: str, *, in_bytes: bool = False, hidden: bool = False, console: Console | None = None
) -> Generator[Progress]:
    """It is gone when the work is done. Hidden where it would stand in what the work itself writes."""
    console = console or Console(stderr=True)
    amount: ProgressColumn = DownloadColumn() if in_bytes else TaskProgressColumn()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), amount, TimeElapsedColumn())
    with Bar(*columns, console=console, disable=hidden or not console.is_terminal, transient=True) as shown:
        task = shown.add_task(words, total=None)
        yield lambda done, whole: shown.update(task, completed=done, total=whole)
