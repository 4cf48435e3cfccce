"""`serve ledger` without its log: each transaction has its number and a hash of nothing. To see what the log costs."""

from datetime import datetime

from actors.ledger import record
from actors.ledger.keys import tree_key
from actors.ledger.log import Logged
from actors.ledger.merkle import Frontier
from actors.ledger.states import TreeState
from actors.runtime.decision import View
from messages.ledger import Transaction
from pocketpay.serve import serve
from pocketpay.settings import load

NO_HASH = bytes(32)


def numbered(tenant: str, _: Transaction, view: View, __: datetime) -> Logged:
    """Only the number goes on."""
    tree: TreeState = view[tree_key(tenant)] or TreeState(tenant)
    return Logged(NO_HASH, (TreeState(tenant, Frontier(tree.frontier.size + 1), head_due=True),), {})


if __name__ == "__main__":
    record.logged = numbered  # pyright: ignore[reportPrivateLocalImportUsage] - the one place where it is called
    serve("ledger", load())
