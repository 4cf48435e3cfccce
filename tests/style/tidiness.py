"""What a tidy file looks like: each rule takes a file's path and text and says where it is broken."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator

FILE_LINES_MAX = 300
TEST_LINES_MAX = 400
FUNCTION_LINES_MAX = 45

OWN = {"actors", "gateway", "health", "messages", "pocketpay", "storage"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "service", "types", "misc"}

_SILENCED = re.compile(r"(noqa|type: ignore|pyright: ignore)(: ?[A-Z]+\d+(, ?[A-Z]+\d+)*|\[[^\]]*\])?(.*)")
_MACHINE = re.compile(r"(?<![\w.:/$}~-])/(work|home|Users|root)/\w|index-url[ =]+\w+:|\blanguage model\b")
_LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

Rule = Callable[[str, str], Iterator[str]]


def short_files(path: str, text: str) -> Iterator[str]:
    """A file is read in one go."""
    most = TEST_LINES_MAX if path.startswith("tests/") else FILE_LINES_MAX
    if (lines := text.count("\n")) > most:
        yield f"{lines} lines, at most {most}"


def short_functions(_: str, text: str) -> Iterator[str]:
    """A function is seen in one look."""
    for node in _functions(text):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield f"{node.name} has {lines} lines, at most {FUNCTION_LINES_MAX}"


def telling_names(path: str, _: str) -> Iterator[str]:
    """A module's name says what is in it."""
    yield from (f"{part} says nothing" for part in path.removesuffix(".py").split("/") if part in VAGUE)


def money_in_integers(path: str, text: str) -> Iterator[str]:
    """Money never meets a float, and is rounded by `messages.money` alone."""
    if path.startswith(("messages/", "actors/", "storage/")):
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Call(func=ast.Name(id="float"), args=[ast.Name(id=name)]) if name.endswith("_seconds"):
                    pass
                case ast.Call(func=ast.Name(id="float" | "round" as name)):
                    yield f"line {node.lineno}: {name}()"
                case ast.Name(id="Decimal") | ast.Attribute(attr="Decimal"):
                    yield f"line {node.lineno}: Decimal"
                case _:
                    pass


def given_time(path: str, text: str) -> Iterator[str]:
    """Rules take `now` as an argument, and do not divide into fractions. For files that are rules."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(attr="now" | "utcnow" | "today" as name)):
                yield f"line {node.lineno}: asks a clock, {name}()"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield f"line {node.lineno}: / makes a float"
            case _:
                pass


def no_machine(_: str, text: str) -> Iterator[str]:
    """Nothing is about the machine or the place where it was written."""
    yield from (f"{match[0]!r}" for match in _MACHINE.finditer(text))


def nothing_left_for_later(_: str, text: str) -> Iterator[str]:
    """What is to be done stands in an issue."""
    yield from (f"{match[0]}" for match in _LATER.finditer(text))


def reasons(_: str, text: str) -> Iterator[str]:
    """Whoever silences a check says which, and why."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        found = _SILENCED.search(token.string) if token.type == tokenize.COMMENT else None
        if found and (not found[2] or len(found[4].strip(" #-")) < 3):
            yield f"line {token.start[0]}: {token.string}"


def imports_on_top(path: str, text: str) -> Iterator[str]:
    """What a file depends on stands at its head. The command line alone loads late, to start at once."""
    if path.startswith(("pocketpay/", "tests/")):
        return
    for function in _functions(text):
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OWN:
                yield f"line {node.lineno}: {node.module}"
            if isinstance(node, ast.Import) and any(name.name.split(".")[0] in OWN for name in node.names):
                yield f"line {node.lineno}: {node.names[0].name}"


RULES: tuple[Rule, ...] = (
    short_files,
    short_functions,
    telling_names,
    money_in_integers,
    no_machine,
    nothing_left_for_later,
    reasons,
    imports_on_top,
)


def _functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
