"""What is shown of a transaction to prove it: its leaf, also of rows that no ledger would have written."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from actors.ledger.leaves import leaf_json
from actors.ledger.merkle_paths import Kept, inclusion_path
from messages.ledger import EntryLine, Source, Transaction
from messages.proofs import ProofStep
from messages.wire import Json


def step_of(tenant: str, entry: str, found: Json, size: int, kept: Kept) -> ProofStep:
    """The way from the transaction's leaf to the root of a log of this size. Raises KeyError for what is not kept."""
    transaction = as_it_stands(found)
    index: int = found["leaf_index"]
    path = inclusion_path(index, size, kept)
    return ProofStep(entry=entry, leaf=leaf_json(tenant, transaction), leaf_index=index, path=in_base64(path))


def as_it_stands(found: Json) -> Transaction:
    """A row that was changed by hand is shown as it is: its leaf no longer fits, and that is the proof of it."""
    try:
        return Transaction.model_validate(found)
    except ValidationError:
        times = {name: datetime.fromisoformat(found[name]) for name in ("effective_at", "recorded_at")}
        lines = [EntryLine.model_construct(**line) for line in found["entries"] or ()]
        parts = {"source": Source.model_construct(**found["source"]), "entries": lines}
        return Transaction.model_construct(None, **{**found, **times, **parts})


def in_base64(path: Sequence[bytes]) -> list[str]:
    """As hashes are written in answers."""
    return [b64encode(one).decode() for one in path]
