"""A log with all that is kept of it, and the answers that are proofs of it."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from actors.ledger.heads import key_id, public_key, sign, signed_text
from actors.ledger.leaves import leaf_bytes, leaf_json
from actors.ledger.merkle import Frontier, append, leaf_hash, root
from actors.ledger.merkle_paths import (
    Kept,
    Needed,
    consistency_path,
    frontier_of,
    inclusion_path,
    needed_for_consistency,
    needed_for_frontier,
    needed_for_inclusion,
)
from messages.ledger import EntryLine, Source, Transaction
from messages.wire import Json, rfc3339

TENANT = "demo"
WALLET = "liabilities:wallets:bob"
START = datetime(2026, 11, 22, 10, tzinfo=UTC)
PRIVATE_KEY = b"k" * 32
KEY = b64encode(public_key(PRIVATE_KEY)).decode()


@dataclass(frozen=True)
class Log:
    """All leaf hashes and tile nodes, and the frontier behind them."""

    kept: Kept
    frontier: Frontier

    def root_at(self, size: int) -> bytes:
        return root(frontier_of(size, self.read(needed_for_frontier(size))))

    def path(self, index: int, size: int) -> list[bytes]:
        return inclusion_path(index, size, self.read(needed_for_inclusion(index, size)))

    def path_between(self, first: int, second: int) -> list[bytes]:
        return consistency_path(first, second, self.read(needed_for_consistency(first, second)))

    def read(self, needed: Needed) -> Kept:
        """What was asked for and no more, so that a proof cannot use anything else."""
        leaves = {at: self.kept.leaves[at] for start, end in needed.leaves for at in range(start, end)}
        wanted = [(height, at) for height, start, end in needed.nodes for at in range(start, end)]
        return Kept(leaves, {which: self.kept.nodes[which] for which in wanted})


def log_of(hashes: Sequence[bytes]) -> Log:
    """Appends these leaf hashes to an empty log."""
    frontier, nodes = Frontier(), {}
    for leaf in hashes:
        frontier, completed = append(frontier, leaf)
        nodes.update({(node.height, node.number): node.hash for node in completed})
    return Log(Kept(dict(enumerate(hashes)), nodes), frontier)


def top_up(index: int) -> Transaction:
    """The leaf of this index, one a second: 10 dollars into bob's wallet, every second time into that of somebody."""
    recorded_at = START + timedelta(seconds=index)
    nth = index // 2 + 1
    wallet = WALLET if index % 2 == 0 else "liabilities:wallets:somebody"
    return Transaction(
        id=f"txn_{index}",
        source=Source(type="payment", id=f"pay_{index}", kind="captured"),
        event=f"evt_{index}",
        description="Two pizzas for Bob, 1 Main Street",
        metadata={"phone": "555 0100"},
        effective_at=recorded_at - timedelta(seconds=3),
        created_at=recorded_at,
        updated_at=recorded_at,
        recorded_at=recorded_at,
        leaf_index=index,
        entries=[
            _line(f"ent_{index}_0", "assets:psp:simulated:pending", "debit", 1000 * (index + 1), index + 1),
            _line(f"ent_{index}_1", wallet, "credit", 1000 * nth, nth),
        ],
    )


def _line(entry: str, account: str, side: str, balance_after: int, account_version: int) -> EntryLine:
    return EntryLine(
        id=entry,
        account=account,
        side="debit" if side == "debit" else "credit",
        amount=1000,
        currency="USD",
        balance_after=balance_after,
        account_version=account_version,
    )


@dataclass(frozen=True)
class Books:
    """Transactions in a log, and what the ledger would answer of them."""

    transactions: Sequence[Transaction]
    log: Log

    def head(self, size: int) -> Json:
        """Signed a second after the last leaf."""
        time, tree = START + timedelta(seconds=size), self.log.root_at(size)
        public = public_key(PRIVATE_KEY)
        return {
            "id": f"head_{size}",
            "object": "ledger_head",
            "tenant": TENANT,
            "size": size,
            "root": b64encode(tree).decode(),
            "time": rfc3339(time),
            "key_id": key_id(public),
            "public_key": b64encode(public).decode(),
            "signature": b64encode(sign(PRIVATE_KEY, signed_text(TENANT, size, tree, time))).decode(),
        }

    def step(self, index: int, line: int, size: int) -> Json | None:
        """Null for a leaf that is not in a tree of this size."""
        if not 0 <= index < size:
            return None
        transaction = self.transactions[index]
        return {
            "entry": transaction.entries[line].id,
            "leaf": leaf_json(TENANT, transaction),
            "leaf_index": index,
            "path": [b64encode(beside).decode() for beside in self.log.path(index, size)],
        }

    def wallet_proof(self, index: int, size: int) -> Json:
        """Of bob's wallet, half a second after the leaf of this even index: -2 for before the first."""
        nth = index // 2 + 1
        return {
            "object": "balance_proof",
            "tenant": TENANT,
            "account": WALLET,
            "currency": "USD",
            "normal_side": "credit",
            "at": rfc3339(START + timedelta(seconds=index, milliseconds=500)),
            "balance": 1000 * nth,
            "version": nth,
            "entry": self.step(index, 1, size),
            "next": self.step(index + 2, 1, size),
            "head": self.head(size),
        }

    def consistency_proof(self, first: int, second: int) -> Json:
        """That the larger tree extends the smaller one."""
        path = [b64encode(beside).decode() for beside in self.log.path_between(first, second)]
        heads = {"first": self.head(first), "second": self.head(second)}
        return {"object": "consistency_proof", **heads, "path": path}


def books_of(transactions: Sequence[Transaction]) -> Books:
    """Books whose log has these transactions."""
    return Books(transactions, log_of([leaf_hash(leaf_bytes(TENANT, each)) for each in transactions]))
