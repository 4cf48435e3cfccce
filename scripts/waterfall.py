"""Spans of one trace as a picture: a line each, below what caused it, from left to right as time goes by."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Protocol

LINE, HEAD, LABELS, WIDTH, RIGHT = 24, 56, 370, 1140, 90
COLOURS = {"gateway": "#3b6fb6", "payments": "#c46f1f", "ledger": "#3f8f5b"}


class Shown(Protocol):
    """As much of a span as a picture needs."""

    @property
    def service(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def parent(self) -> str: ...
    @property
    def begun_ns(self) -> int: ...
    @property
    def ended_ns(self) -> int: ...


def waterfall(spans: Sequence[Shown], title: str) -> str:
    """An SVG. The first spans are those whose parent is not among them."""
    begun, ended = min(span.begun_ns for span in spans), max(span.ended_ns for span in spans)
    known = {span.id for span in spans}
    roots = {span.parent for span in spans} - known
    lines = [row for root in sorted(roots) for row in _below(spans, root)]
    height = HEAD + LINE * len(lines) + 16
    scale = (WIDTH - LABELS - RIGHT) / max(ended - begun, 1)
    rows = [_row(number, depth, span, begun, scale) for number, (depth, span) in enumerate(lines)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="13">\n<title>{escape(title)}</title>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
        f'<text x="16" y="26" font-size="16" font-weight="600" fill="#1c1c1c">{escape(title)}</text>\n'
    )
    return "".join([head, *_ruler((ended - begun) / 1e6, height), *rows, "</svg>\n"])


def _below(spans: Sequence[Shown], parent: str, depth: int = 0) -> Iterator[tuple[int, Shown]]:
    for span in sorted((each for each in spans if each.parent == parent), key=lambda each: each.begun_ns):
        yield depth, span
        yield from _below(spans, span.id, depth + 1)


def _ruler(milliseconds: float, height: int) -> Iterator[str]:
    step = next((each for each in (0.5, 1, 2, 5, 10, 20, 50, 100, 200) if milliseconds / each <= 10), 500)
    for number in range(int(milliseconds / step) + 1):
        x = LABELS + number * step / max(milliseconds, 1e-9) * (WIDTH - LABELS - RIGHT)
        yield f'<line x1="{x:.1f}" y1="{HEAD - 8}" x2="{x:.1f}" y2="{height - 12}" stroke="#e3e3e3"/>\n'
        yield f'<text x="{x:.1f}" y="{HEAD - 12}" fill="#6a6a6a" font-size="11">{number * step:g} ms</text>\n'


def _row(number: int, depth: int, span: Shown, begun: int, scale: float) -> str:
    y = HEAD + number * LINE
    x = LABELS + (span.begun_ns - begun) * scale
    width = max((span.ended_ns - span.begun_ns) * scale, 2)
    took = f"{(span.ended_ns - span.begun_ns) / 1e6:.2f} ms"
    colour = COLOURS.get(span.service, "#777777")
    service = f'<tspan fill="{colour}" font-weight="600">{escape(span.service)}</tspan> '
    return (
        f'<text x="{16 + depth * 14}" y="{y + 16}" fill="#1c1c1c">{service}{escape(span.name)}</text>\n'
        f'<rect x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="{LINE - 8}" rx="2" fill="{colour}"/>\n'
        f'<text x="{x + width + 5:.1f}" y="{y + 16}" fill="#4a4a4a" font-size="11">{took}</text>\n'
    )
