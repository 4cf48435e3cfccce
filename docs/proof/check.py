"""Checks the proof of a balance, or that one tree head extends another: offline, with nothing but a public key.

    python check.py proof.json --key <base64 public key>
    python check.py --consistency consistency.json --key <base64 public key>

Needs Python 3.11 or newer, `pip install cryptography` and nothing of PocketPay. README.md beside it has the formats.
Ends with 0 and says what was proved, with 1 and says what does not fit, or with 2 if it was called otherwise.
"""

import argparse
import json
import sys
from base64 import b64decode
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json = dict[str, Any]
instant = datetime.fromisoformat  # of RFC 3339


class Refused(Exception):
    """What does not fit, and where."""


def must(holds: bool, otherwise: str) -> None:
    """Refuses unless it holds."""
    if not holds:
        raise Refused(otherwise)


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two hashes (RFC 6962, section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def climb(number: int, last: int, start: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """The roots of the tree and of its part up to this node (RFC 9162, sections 2.1.3.2 and 2.1.4.2)."""
    whole = part = start
    for beside in path:
        must(last > 0, "it is too long for the tree")
        if number % 2 or number == last:
            whole, part = node(beside, whole), node(beside, part)
            while number and number % 2 == 0:
                number, last = number // 2, last // 2
        else:
            whole = node(whole, beside)
        number, last = number // 2, last // 2
    must(last == 0, "it is too short for the tree")
    return whole, part


def data(text: str) -> bytes:
    """From base64."""
    return b64decode(text, validate=True)


def check_head(head: Json, key: bytes) -> None:
    """The head is signed by the owner of the key that the auditor brought."""
    name = f"tree head of size {head['size']}"
    must(head["object"] == "ledger_head", f"{name}: is a {head['object']}")
    must(data(head["public_key"]) == key, f"{name}: public_key is not the key it is checked with")
    must(head["key_id"] == sha256(key).hexdigest()[:16], f"{name}: key_id is not that of the key")
    text = f"pocketpay/{head['tenant']}\n{head['size']}\n{head['root']}\n{head['time']}\n"
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(data(head["signature"]), text.encode())
    except InvalidSignature:
        raise Refused(f"{name}: the signature is not over its tenant, size, root and time") from None


def name_of(step: Json) -> str:
    """Whom a refusal is about."""
    return f"transaction {step['leaf']['id']} (leaf {step['leaf_index']}), entry {step['entry']}"


def check_leaf(step: Json, head: Json) -> None:
    """The leaf is in the signed tree, at its place, and its debits equal its credits."""
    leaf, number, name = step["leaf"], step["leaf_index"], name_of(step)
    canonical = json.dumps(leaf, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    must(0 <= number < head["size"], f"{name}: is not among the {head['size']} leaves of the tree head")
    try:
        start = sha256(b"\x00" + canonical).digest()
        root, _ = climb(number, head["size"] - 1, start, [data(beside) for beside in step["path"]])
    except (Refused, ValueError) as why:
        raise Refused(f"{name}: the path is wrong: {why}") from None
    must(root == data(head["root"]), f"{name}: the leaf does not hash into the signed root")
    must((leaf["v"], leaf["leaf_index"]) == (1, number), f"{name}: the leaf says another version or index")
    must(leaf["tenant"] == head["tenant"], f"{name}: the leaf is of tenant {leaf['tenant']}")
    sums: dict[str, int] = {}
    for line in leaf["entries"]:
        change = line["amount"] if line["side"] == "debit" else -line["amount"]
        sums[line["currency"]] = sums.get(line["currency"], 0) + change
    must(not any(sums.values()), f"{name}: debits and credits of the transaction differ")


def line_of(step: Json, proof: Json) -> Json:
    """The step's entry: there is one of that id, and it is of the account in question."""
    name = name_of(step)
    found = [line for line in step["leaf"]["entries"] if line["id"] == step["entry"]]
    must(len(found) == 1, f"{name}: the transaction has no such entry")
    must(is_of(found[0], proof), f"{name}: is of {found[0]['account']} in {found[0]['currency']}")
    return found[0]


def is_of(line: Json, proof: Json) -> bool:
    """Whether an entry moves the account in question."""
    return (line["account"], line["currency"]) == (proof["account"], proof["currency"])


def check_entry(step: Json, proof: Json) -> None:
    """The entry is recorded by then and leaves the balance in question."""
    check_leaf(step, proof["head"])
    line, name, recorded_at = line_of(step, proof), name_of(step), step["leaf"]["recorded_at"]
    must(instant(recorded_at) <= instant(proof["at"]), f"{name}: was recorded at {recorded_at}, after {proof['at']}")
    last = max(other["account_version"] for other in step["leaf"]["entries"] if is_of(other, proof))
    must(line["account_version"] == last, f"{name}: version {last} of the account is in the same transaction")
    must(line["account_version"] == proof["version"], f"{name}: is version {line['account_version']} of the account")
    must(line["balance_after"] == proof["balance"], f"{name}: left a balance of {line['balance_after']}")
    if line["account_version"] == 1:
        check_change(line, 0, proof, name)


def check_next(step: Json, proof: Json) -> None:
    """The account's following entry was recorded later, so that nothing lies between the two."""
    check_leaf(step, proof["head"])
    line, name, recorded_at = line_of(step, proof), name_of(step), step["leaf"]["recorded_at"]
    version, following = line["account_version"], proof["version"] + 1
    must(version == following, f"{name}: is version {version} of the account, not {following}")
    must(instant(recorded_at) > instant(proof["at"]), f"{name}: was recorded at {recorded_at}, not after {proof['at']}")
    check_change(line, proof["balance"], proof, name)


def check_change(line: Json, before: int, proof: Json, name: str) -> None:
    """The balance moved by the amount, up on the account's normal side."""
    change = line["amount"] if line["side"] == proof["normal_side"] else -line["amount"]
    must(line["balance_after"] == before + change, f"{name}: {before} and {change} are not {line['balance_after']}")


def check_balance(proof: Json, key: bytes) -> str:
    """What was proved of the balance."""
    head, entry, following = proof["head"], proof["entry"], proof["next"]
    check_head(head, key)
    must(head["tenant"] == proof["tenant"], f"the tree head is of tenant {head['tenant']}")
    must(proof["normal_side"] in ("debit", "credit"), "normal_side is neither debit nor credit")
    instant(proof["at"])
    if entry is None:
        must((proof["balance"], proof["version"]) == (0, 0), "a balance or version is claimed without an entry")
    else:
        check_entry(entry, proof)
    if following is not None:
        check_next(following, proof)
    tree = f"the tree of {head['size']} transactions signed {head['time']} by key {head['key_id']}"
    account = f"{proof['account']} of tenant {proof['tenant']}"
    if entry is None and following is None:
        return f"Proved: only {tree}; that {account} has no {proof['currency']} is the operator's word."
    last = "no entry yet" if entry is None else f"entry {entry['entry']} (version {proof['version']})"
    until = f"entry {following['entry']} came later" if following else "as of this tree, no later entry was shown"
    balance = f"held {proof['balance']} {proof['currency']} in minor units at {proof['at']}"
    return f"Proved: {account} {balance}: {last}; {until}; in {tree}."


def grown(number: int, last: int, root: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """The roots of the larger and of the smaller tree, which ends with leaf `number` (RFC 9162, section 2.1.4.2)."""
    while number % 2:
        number, last = number // 2, last // 2
    hashes = path if number else [root, *path]
    must(len(hashes) > 0, "the path between the trees is empty")
    return climb(number, last, hashes[0], hashes[1:])


def check_consistency(proof: Json, key: bytes) -> str:
    """What was proved of the two heads."""
    first, second, path = proof["first"], proof["second"], [data(beside) for beside in proof["path"]]
    check_head(first, key)
    check_head(second, key)
    must(first["tenant"] == second["tenant"], f"the heads are of tenants {first['tenant']} and {second['tenant']}")
    must(instant(first["time"]) <= instant(second["time"]), "the second tree head is older than the first")
    must(first["size"] <= second["size"], "the second tree head has fewer transactions than the first")
    root = data(first["root"])
    if first["size"] in (0, second["size"]):
        must(not path, "between these trees the path is empty")
        roots = (data(second["root"]), data(second["root"]) if first["size"] else sha256().digest())
    else:
        roots = grown(first["size"] - 1, second["size"] - 1, root, path)
    begins = f"the tree of size {second['size']} does not begin with the first {first['size']} transactions"
    must(roots == (data(second["root"]), root), begins)
    sizes = f"the tree of {second['size']} transactions signed {second['time']} begins with the {first['size']}"
    return f"Proved: {sizes} signed {first['time']}, unchanged and in their order, of tenant {first['tenant']}."


def main() -> int:
    """Reads the command line and the file."""
    parser = argparse.ArgumentParser(description="Checks proofs of PocketPay's ledger offline.")
    parser.add_argument("file", type=Path, help="the answer of …/proof, or with --consistency of …/consistency")
    parser.add_argument("--consistency", action="store_true", help="the file shows that one tree head extends another")
    parser.add_argument("--key", required=True, help="the operator's public key in base64, from a place you trust")
    asked = parser.parse_args()
    kind, check = ("consistency_proof", check_consistency) if asked.consistency else ("balance_proof", check_balance)
    try:
        key, proof = data(asked.key), json.loads(asked.file.read_bytes())
        Ed25519PublicKey.from_public_bytes(key)
    except (OSError, ValueError, RecursionError) as error:
        parser.error(f"no key of 32 bytes in base64, or no JSON in {asked.file}: {error}")
    try:
        must("detail" not in proof, f"the file has an error: {proof.get('detail')}")
        must(proof["object"] == kind, f"the file is a {proof['object']}, not a {kind}")
        print(check(proof, key))
    except Refused as why:
        print(f"Refused: {why}.")
        return 1
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        print(f"Refused: the file is not of the form of a {kind}: {error!r}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
