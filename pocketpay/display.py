"""What `pocketpay up` tells people: steps with their times, one box that stays last, a line per incident."""

import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from pocketpay.tail.lines import Line


class Display:
    """On a terminal the box stays below all lines; elsewhere it is printed once."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._live: Live | None = None
        self._began = time.monotonic()

    def line(self, text: str) -> None:
        """One line with the time of day."""
        self._console.print(Text(f"{time.strftime('%H:%M:%S')}  {text}"), soft_wrap=True)

    def payment(self, line: Line) -> None:
        """One line with the time of day, red when it did not work."""
        outcome = line.type.removeprefix("payment.")
        words = f"{line.amount:>16}  {outcome:<15}  {line.customer:<16}  {line.entity}  {line.tenant}"
        text = Text(time.strftime("%H:%M:%S")).append(words, style="red" if line.refused else "")
        self._console.print(text, soft_wrap=True)

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Prints the step's name and how long it took, once it is done."""
        began = time.monotonic()
        yield
        self._console.print(Text(f"  {name:<12}{time.monotonic() - began:6.2f} s"))

    def ready(self, url: str, mails_url: str, data_dir: str) -> None:
        """The box, with the time since the start."""
        rows = (
            f"Dashboard  {url}/",
            f"API        {url}/api/v1",
            f"Swagger    {url}/swagger/index.html",
            f"Mails      {mails_url}/",
            f"Health     {url}/readyz",
            f"Data       {data_dir}",
            f"Logs       {data_dir}/logs",
            "Stop       Ctrl-C",
        )
        title = f"PocketPay is ready after {time.monotonic() - self._began:.1f} s"
        box = Panel(Group(*(Text(row, overflow="fold") for row in rows)), title=title, expand=False)
        if self._console.is_terminal:
            self._live = Live(box, console=self._console, auto_refresh=False)
            self._live.start()
        else:
            self._console.print(box)

    def close(self) -> None:
        """Leaves the terminal as it was."""
        if self._live is not None:
            self._live.stop()
