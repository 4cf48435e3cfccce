"""A result in words and tables, for the terminal and for docs/performance.md."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median

from bench.bars import Of, bars, busy, rate, ratio, single
from bench.result import Load, Result, Rival, Round

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
_NAMES: dict[Rival, str] = {"pocketpay": "PocketPay", "direct": "the direct way"}
BEGIN, END = "<!-- results -->", "<!-- end of results -->"


def tables(result: Result) -> str:
    """All of it in Markdown."""
    return "\n\n".join(
        filter(None, (_where(result), _figures(result), _cpu(result), _limits(result), _memory(result), _bars(result)))
    )


def write_document(result: Result) -> None:
    """Puts the tables between the marks in docs/performance.md."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{tables(result)}\n{END}{after}")


def _where(result: Result) -> str:
    here = result.machine
    versions = ", ".join(f"{name} {number}" for name, number in here.packages.items())
    durable = ", ".join(f"{name} {value}" for name, value in result.postgres.items())
    return (
        f"{result.at:%Y-%m-%d %H:%M} UTC. {here.cpu}, {here.cores} cores, {here.memory_gb} GB, Linux {here.kernel}, "
        f"Python {here.python}, {versions}. Postgres: {durable}; the direct way has "
        f"{result.direct_pool} connections. Load average {here.load_average:.1f} before, "
        f"{median(one.load_average for one in result.rounds):.1f} during the run. Median of {len(result.rounds)} "
        f"rounds of {result.seconds:g} s (least to most); ratios are medians of the rounds' ratios."
    )


def _figures(result: Result) -> str:
    many = f"{result.open_requests} open"
    rows = (
        _row(result, f"payments/s, {many}, until in the ledger", busy, rate, "{:,.0f}"),
        _row(result, f"payments/s, {many}, answered", busy, lambda load: load.ok / load.answered_seconds, "{:,.0f}"),
        _row(result, f"p50 ms, {many}", busy, lambda load: load.p50_ms, "{:.0f}"),
        _row(result, f"p99 ms, {many}", busy, lambda load: load.p99_ms, "{:.0f}"),
        _row(result, f"CPU ms per payment, {many}", busy, _cpu_ms, "{:.2f}"),
        _row(result, "p50 ms, 1 open", single, lambda load: load.p50_ms, "{:.2f}"),
        _row(result, "p99 ms, 1 open", single, lambda load: load.p99_ms, "{:.2f}"),
        _row(result, "CPU share while the other runs", _swapped, _idle_share, "{:.1%}"),
    )
    return _table(("figure", *_NAMES.values(), "ratio"), rows)


def _row(result: Result, name: str, loads: Callable[[Round], dict[Rival, Load]], of: Of, shape: str) -> tuple[str, ...]:
    by_rival = [_spread([of(loads(one)[rival]) for one in result.rounds], shape) for rival in ("pocketpay", "direct")]
    return name, *by_rival, "" if of is _idle_share else f"{ratio(result, loads, of):.2f}"


def _cpu_ms(load: Load) -> float:
    return 1000 * sum(load.cpu_seconds.values()) / max(1, load.ok)


def _cpu(result: Result) -> str:
    rows = (
        (f"{_NAMES[rival]}: {name}", f"{median(_cpu_ms_of(one.busy[rival], name) for one in result.rounds):.2f}")
        for rival, load in result.rounds[0].busy.items()
        for name in load.cpu_seconds
    )
    return _table((f"CPU ms per payment, {result.open_requests} open", ""), sorted(rows))


def _cpu_ms_of(load: Load, process: str) -> float:
    return 1000 * load.cpu_seconds[process] / max(1, load.ok)


def _idle_share(load: Load) -> float:
    return load.bystander_cpu_seconds / load.seconds


def _swapped(one: Round) -> dict[Rival, Load]:
    return {"pocketpay": one.busy["direct"], "direct": one.busy["pocketpay"]}


def _limits(result: Result) -> str:
    rows = (
        (
            "pgbench simple-update, 32 connections, transactions/s",
            _spread([one.pgbench_per_second for one in result.rounds], "{:,.0f}"),
        ),
        ("fdatasync of 8 kB, /s", _spread([one.fdatasync_per_second for one in result.rounds], "{:,.0f}")),
    )
    return _table(("limit of the machine", ""), rows)


def _memory(result: Result) -> str:
    if not result.memory:
        return ""
    heads = (f"after {seen.payments:,} payments, MB" for seen in result.memory)
    own = ((name, *(f"{seen.own_mb[name]:.0f}" for seen in result.memory)) for name in result.memory[0].own_mb)
    servers = (
        (f"{name} (all of it, PSS)", *(f"{seen.servers_mb[name]:.0f}" for seen in result.memory))
        for name in result.memory[0].servers_mb
    )
    return _table(("process", *heads), (*own, *servers))


def _bars(result: Result) -> str:
    rows = ((bar.what, bar.figure, bar.must_be, "PASS" if bar.holds else "FAIL") for bar in bars(result))
    return "\n\n".join((_table(("bar", "measured", "must be", ""), rows), *result.breaches))


def _spread(values: list[float], shape: str) -> str:
    least, most = shape.format(min(values)), shape.format(max(values))
    return f"{shape.format(median(values))} ({least}–{most})"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(_lines((head, ("---",) * len(head), *rows)))


def _lines(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    return (f"| {' | '.join(row)} |" for row in rows)
