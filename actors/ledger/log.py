"""The log of a tenant: every transaction becomes a leaf, and about once a second its head is signed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from actors.ledger import merkle
from actors.ledger.heads import signed_text
from actors.ledger.keys import tree_key
from actors.ledger.leaves import leaf_bytes
from actors.ledger.states import HeadState, NodeState, TreeState
from actors.runtime.decision import Decision, FellDue, Said, State, View
from messages.ids import derived_id
from messages.ledger import Transaction
from messages.proofs import TreeHead

HEAD_ENTITY: Final = "ledger_head"
"""Whose alarm it is that signs."""

SIGNED_EVERY: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Signer:
    """`sign` gives an Ed25519 signature, which depends on nothing but the key and the text. All texts are base64."""

    key_id: str
    public_key: str
    sign: Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Logged:
    """The log with one more leaf, whose hash is `leaf_hash`."""

    leaf_hash: bytes
    states: tuple[State, ...]
    due: Mapping[str, datetime | None]


def next_leaf(tenant: str, view: View) -> int:
    """The index of the leaf to come."""
    tree: TreeState | None = view[tree_key(tenant)]
    return tree.frontier.size if tree else 0


def logged(tenant: str, transaction: Transaction, view: View, now: datetime) -> Logged:
    """The transaction becomes the next leaf."""
    tree: TreeState = view[tree_key(tenant)] or TreeState(tenant)
    leaf = merkle.leaf_hash(leaf_bytes(tenant, transaction))
    frontier, completed = merkle.append(tree.frontier, leaf)
    due = {} if tree.head_due else {HEAD_ENTITY: now + SIGNED_EVERY}
    states = (TreeState(tenant, frontier, head_due=True), *(NodeState(tenant, node) for node in completed))
    return Logged(leaf, states, due)


def sign_head(signer: Signer, due: FellDue, view: View, now: datetime) -> Decision:
    """The alarm: what the log is now is signed and told, so that anybody who listens can keep it as a witness."""
    tree: TreeState | None = view[tree_key(due.tenant)]
    if tree is None or not tree.head_due:
        return Decision(due={HEAD_ENTITY: None})
    head = _head(signer, tree, now)
    return Decision(
        states=(replace(tree, head_due=False), HeadState(due.tenant, head)),
        events=(Said("ledger.head.signed", head),),
        due={HEAD_ENTITY: None},
    )


def _head(signer: Signer, tree: TreeState, now: datetime) -> TreeHead:
    size, root = tree.frontier.size, merkle.root(tree.frontier)
    text = signed_text(tree.tenant, size, root, now)
    return TreeHead(
        id=derived_id("head", now, tree.tenant, str(size)),
        tenant=tree.tenant,
        size=size,
        root=text.decode().split("\n")[2],
        time=now,
        key_id=signer.key_id,
        public_key=signer.public_key,
        signature=signer.sign(text),
    )
