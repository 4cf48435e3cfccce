"""A program of its own: reads a journal from the standard input, prints as JSON what Beancount made of it."""

import json
import sys
from collections import defaultdict
from decimal import Decimal

from beancount import loader
from beancount.core.data import Open, Transaction

entries, errors, _ = loader.load_string(sys.stdin.read())
if errors:
    sys.exit("\n".join(f"line {error.source['lineno']}: {error.message}" for error in errors))
paths = {entry.account: entry.meta["path"] for entry in entries if isinstance(entry, Open)}
transactions = [entry for entry in entries if isinstance(entry, Transaction)]
balances: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
for transaction in transactions:
    for posting in transaction.postings:
        assert posting.units is not None
        assert posting.units.number is not None
        balances[paths[posting.account], posting.units.currency] += posting.units.number
said = {
    "balances": [(*key, str(amount)) for key, amount in balances.items() if amount],
    "transactions": [{"narration": each.narration, "meta": dict(each.meta)} for each in transactions],
}
json.dump(said, sys.stdout, default=str)
