"""The checker for auditors believes what is proved, and nothing that was touched."""

import copy
import json
import runpy
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actors.ledger.heads import key_id, public_key, sign, signed_text
from messages.ledger import Transaction
from messages.wire import Json, rfc3339
from tests.ledger.proofs import KEY, PRIVATE_KEY, START, books_of, top_up

CHECKER = Path(__file__).parents[2] / "docs" / "proof" / "check.py"
FUNCTIONS = runpy.run_path(str(CHECKER))
SIZE = 600
BOOKS = books_of([top_up(index) for index in range(SIZE)])
PROOF = BOOKS.wallet_proof(300, SIZE)
CONSISTENCY = BOOKS.consistency_proof(257, SIZE)

ENTRY = "transaction txn_300 (leaf 300), entry ent_300_1: "
NEXT = "transaction txn_302 (leaf 302), entry ent_302_1: "


def run(tmp_path: Path, proof: Any, *arguments: str, key: str = KEY) -> tuple[int, str]:
    """The exit code and all that was said, of the script as an auditor starts it."""
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof))
    command = [sys.executable, str(CHECKER), str(file), "--key", key, *arguments]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50, check=False)
    return ended.returncode, ended.stdout.strip() + ended.stderr.strip()


def refusal(check: str, proof: Json) -> str:
    """Why the script would refuse; "" if it does not. The same function, without a process for each of hundreds."""
    try:
        FUNCTIONS[check](proof, public_key(PRIVATE_KEY))
    except FUNCTIONS["Refused"] as why:
        return str(why)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return repr(error)
    return ""


def changed(proof: Json, path: str, value: Any) -> Json:
    """A copy with another value at `a.b.0`."""
    result = copy.deepcopy(proof)
    *way, last = path.split(".")
    there: Any = result
    for step in way:
        there = there[int(step)] if isinstance(there, list) else there[step]
    there[int(last) if isinstance(there, list) else last] = value
    return result


def fields(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value of a document with its path."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in inside:
        yield from fields(below, f"{path}.{name}" if path else str(name))
    if not isinstance(value, dict | list):
        yield path, value


def another(value: Any) -> Any:
    match value:
        case int():
            return value + 1
        case None:
            return "x"
        case str() if value.startswith("2026-"):
            return value.replace("2026-", "2027-")
        case str() if value.endswith("="):
            return b64encode(b"\x00" * 32).decode()
        case _:
            return f"{value}x"


def signed_anew(head: Json, tenant: str = "demo") -> Json:
    """The head with the time START, or of another tenant."""
    text = signed_text(tenant, head["size"], BOOKS.log.root_at(head["size"]), START)
    signature = b64encode(sign(PRIVATE_KEY, text)).decode()
    return head | {"tenant": tenant, "time": rfc3339(START), "signature": signature}


def test_a_balance_is_proved_between_two_entries(tmp_path: Path) -> None:
    code, said = run(tmp_path, PROOF)
    assert code == 0
    assert said == (
        "Proved: liabilities:wallets:bob of tenant demo held 151000 USD in minor units at 2026-11-22T10:05:00.500Z: "
        "entry ent_300_1 (version 151); entry ent_302_1 came later; in the tree of 600 transactions "
        f"signed 2026-11-22T10:10:00.000Z by key {PROOF['head']['key_id']}."
    )


@pytest.mark.parametrize(
    ("index", "size", "says"),
    [
        (300, 302, "entry ent_300_1 (version 151); as of this tree, no later entry was shown"),
        (0, 600, "held 1000 USD in minor units at 2026-11-22T10:00:00.500Z: entry ent_0_1 (version 1)"),
        (-2, 600, "held 0 USD in minor units at 2026-11-22T09:59:58.500Z: no entry yet; entry ent_0_1 came later"),
        (0, 1, "entry ent_0_1 (version 1); as of this tree"),
    ],
)
def test_it_says_how_much_was_proved(tmp_path: Path, index: int, size: int, says: str) -> None:
    code, said = run(tmp_path, BOOKS.wallet_proof(index, size))
    assert (code, says in said) == (0, True), said


def test_without_any_entry_only_the_head_is_proved(tmp_path: Path) -> None:
    proof = BOOKS.wallet_proof(-2, SIZE) | {"account": "liabilities:wallets:nobody", "next": None}
    code, said = run(tmp_path, proof)
    assert code == 0
    assert said.startswith("Proved: only the tree of 600 transactions")
    assert said.endswith("liabilities:wallets:nobody of tenant demo has no USD is the operator's word.")


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("balance", 1, ENTRY + "left a balance of 151000"),
        ("version", 150, ENTRY + "is version 151 of the account"),
        ("account", "income:sales", ENTRY + "is of liabilities:wallets:bob in USD"),
        ("currency", "EUR", ENTRY + "is of liabilities:wallets:bob in USD"),
        ("tenant", "x", "the tree head is of tenant demo"),
        ("at", "2026-11-22T10:04:00.000Z", ENTRY + "was recorded at 2026-11-22T10:05:00.000Z, after"),
        ("at", "2026-11-22T10:05:02.000Z", NEXT + "was recorded at 2026-11-22T10:05:02.000Z, not after"),
        ("normal_side", "debit", NEXT + "151000 and -1000 are not 152000"),
        ("entry.leaf.entries.1.amount", 999, ENTRY + "the leaf does not hash into the signed root"),
        ("entry.leaf.entries.1.id", "ent_x", ENTRY + "the leaf does not hash into the signed root"),
        ("entry.path.3", KEY, ENTRY + "the leaf does not hash into the signed root"),
        ("entry.path.3", "?", ENTRY + "the path is wrong: "),
        ("entry.path", PROOF["entry"]["path"][:-1], ENTRY + "the path is wrong: it is too short for the tree"),
        ("entry.path", [*PROOF["entry"]["path"], KEY], ENTRY + "the path is wrong: it is too long for the tree"),
        ("entry.entry", "ent_x", "entry ent_x: the transaction has no such entry"),
        ("entry.entry", "ent_300_0", "entry ent_300_0: is of assets:psp:simulated:pending in USD"),
        ("entry.leaf_index", 600, "(leaf 600), entry ent_300_1: is not among the 600 leaves of the tree head"),
        ("entry", PROOF["next"], NEXT + "was recorded at 2026-11-22T10:05:02.000Z, after"),
        ("entry", None, "a balance or version is claimed without an entry"),
        ("next", BOOKS.step(304, 1, SIZE), "entry ent_304_1: is version 153 of the account, not 152"),
        ("next", PROOF["entry"], ENTRY + "is version 151 of the account, not 152"),
        ("head.root", KEY, "tree head of size 600: the signature is not over its tenant, size, root and time"),
        ("head", BOOKS.head(299), ENTRY + "is not among the 299 leaves of the tree head"),
        ("head", BOOKS.head(599), ENTRY + "the leaf does not hash into the signed root"),
        ("object", "consistency_proof", "the file is a consistency_proof, not a balance_proof"),
        ("normal_side", "left", "normal_side is neither debit nor credit"),
        ("next", {}, "the file is not of the form of a balance_proof: KeyError"),
        ("at", "yesterday", "the file is not of the form of a balance_proof: ValueError"),
    ],
)
def test_what_was_touched_is_named(tmp_path: Path, path: str, value: Any, says: str) -> None:
    code, said = run(tmp_path, changed(PROOF, path, value))
    assert code == 1
    assert says in said
    assert said.startswith("Refused: ")


@pytest.mark.parametrize(
    ("check", "proof", "unproved"),
    [
        ("check_balance", PROOF, {"object", "head.id"}),
        ("check_consistency", CONSISTENCY, {"object", "first.id", "second.id"}),
    ],
)
def test_no_field_can_be_changed_unseen(check: str, proof: Json, unproved: set[str]) -> None:
    assert not refusal(check, proof)
    unseen = {path for path, value in fields(proof) if not refusal(check, changed(proof, path, another(value)))}
    assert unseen == unproved


def test_no_field_of_a_leaf_can_be_left_out_or_added() -> None:
    for step in ("entry", "next"):
        for name in PROOF[step]["leaf"]:
            leaf = {key: value for key, value in PROOF[step]["leaf"].items() if key != name}
            assert refusal("check_balance", changed(PROOF, f"{step}.leaf", leaf))
        assert refusal("check_balance", changed(PROOF, f"{step}.leaf.more", 1))


def with_line(transaction: Transaction, number: int, **values: Any) -> Transaction:
    lines = list(transaction.entries)
    lines[number] = lines[number].model_copy(update=values)
    return transaction.model_copy(update={"entries": lines})


def with_one_more(transaction: Transaction) -> Transaction:
    more = [line.model_copy(update={"id": f"{line.id}_x", "account_version": 9}) for line in transaction.entries]
    return transaction.model_copy(update={"entries": [*transaction.entries, *more]})


@pytest.mark.parametrize(
    ("first", "third", "says"),
    [
        (with_line(top_up(0), 0, amount=999), top_up(2), "debits and credits of the transaction differ"),
        (top_up(0).model_copy(update={"leaf_index": 5}), top_up(2), "the leaf says another version or index"),
        (with_line(top_up(0), 1, balance_after=900), top_up(2), "left a balance of 900"),
        (with_one_more(top_up(0)), top_up(2), "version 9 of the account is in the same transaction"),
        (with_line(top_up(0), 0, id="ent_0_1"), top_up(2), "the transaction has no such entry"),
        (top_up(0), with_line(top_up(2), 1, balance_after=2500), "1000 and 1000 are not 2500"),
        (top_up(0), with_line(top_up(2), 1, account_version=3), "is version 3 of the account, not 2"),
        (top_up(0), with_line(top_up(2), 1, currency="EUR"), "debits and credits of the transaction differ"),
    ],
)
def test_what_the_operator_signed_though_it_is_wrong_is_refused(first: Transaction, third: Transaction, says: str):
    books = books_of([first, top_up(1), third])
    assert says in refusal("check_balance", books.wallet_proof(0, 3))


def test_the_first_amount_is_the_first_balance() -> None:
    books = books_of([with_line(top_up(0), 1, balance_after=900)])
    assert "0 and 1000 are not 900" in refusal("check_balance", books.wallet_proof(0, 1) | {"balance": 900})


def test_a_leaf_of_another_tenant_is_refused() -> None:
    proof = PROOF | {"tenant": "other", "head": signed_anew(PROOF["head"], "other")}
    assert refusal("check_balance", proof) == ENTRY + "the leaf is of tenant demo"


def test_another_key_is_not_trusted(tmp_path: Path) -> None:
    # Given a head that somebody else has signed, with a key of theirs
    theirs = public_key(b"o" * 32)
    text = signed_text("demo", SIZE, BOOKS.log.root_at(SIZE), START)
    signature = b64encode(sign(b"o" * 32, text)).decode()
    head = PROOF["head"] | {"time": "2026-11-22T10:00:00.000Z", "signature": signature}
    named = head | {"public_key": b64encode(theirs).decode(), "key_id": key_id(theirs)}

    # Then it is refused, whether it names their key or the operator's, unless theirs is the one that is trusted
    assert "public_key is not the key it is checked with" in refusal("check_balance", PROOF | {"head": named})
    assert "the signature is not over" in refusal("check_balance", PROOF | {"head": head})
    assert run(tmp_path, PROOF | {"head": named}, key=named["public_key"])[0] == 0


@pytest.mark.parametrize("first", [1, 2, 255, 256, 257, 512, 599, 600])
def test_a_later_head_is_proved_to_extend_an_earlier_one(first: int) -> None:
    assert not refusal("check_consistency", BOOKS.consistency_proof(first, SIZE))


def test_a_log_that_was_rewritten_extends_nothing(tmp_path: Path) -> None:
    code, said = run(tmp_path, CONSISTENCY, "--consistency")
    assert code == 0
    assert said.startswith("Proved: the tree of 600 transactions signed 2026-11-22T10:10:00.000Z begins with the 257")

    # Given books in which one transaction has another amount since the first head
    rewritten = books_of(
        [with_line(top_up(index), 0, amount=999) if index == 7 else top_up(index) for index in range(600)]
    )

    # When the second head and the path are made of them
    forged = rewritten.consistency_proof(257, SIZE) | {"first": CONSISTENCY["first"]}

    # Then the heads do not fit
    code, said = run(tmp_path, forged, "--consistency")
    assert code == 1
    assert said == "Refused: the tree of size 600 does not begin with the first 257 transactions."


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        (BOOKS.consistency_proof(256, 600) | {"path": []}, "it is too short"),
        (BOOKS.consistency_proof(257, 600) | {"path": []}, "the path between the trees is empty"),
        (BOOKS.consistency_proof(600, 600) | {"path": [KEY]}, "between these trees the path is empty"),
        (CONSISTENCY | {"first": CONSISTENCY["second"], "second": CONSISTENCY["first"]}, "is older than the first"),
        (
            {"first": signed_anew(CONSISTENCY["second"]), "second": CONSISTENCY["first"], "path": CONSISTENCY["path"]},
            "the second tree head has fewer transactions than the first",
        ),
        (
            CONSISTENCY | {"first": signed_anew(CONSISTENCY["first"], "other")},
            "the heads are of tenants other and demo",
        ),
    ],
)
def test_a_path_or_order_that_does_not_fit_is_refused(proof: Json, says: str) -> None:
    assert says in refusal("check_consistency", proof)


@pytest.mark.parametrize("key", ["?", "aGVsbG8="])
def test_a_call_that_cannot_be_understood_ends_with_2(tmp_path: Path, key: str) -> None:
    assert run(tmp_path, PROOF, key=key)[0] == 2
    assert run(tmp_path, PROOF, "--what")[0] == 2
    ended = subprocess.run([sys.executable, str(CHECKER), "away.json", "--key", KEY], capture_output=True, check=False)
    assert ended.returncode == 2
