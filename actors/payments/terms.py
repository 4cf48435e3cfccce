"""What the rules know of the provider and of how long things take."""

from actors.payments.account_breaker import Tolerance
from actors.payments.routing import Rule
from messages.wire import Wire


class Terms(Wire):
    """What the rules know of the provider. Without a default method a payment waits for one.

    With `keeps_open` it waits at the provider too, as does one that was declined: there it must be canceled as well.
    Every `sweep_seconds` it is asked for its events, for those that are `sweep_after_seconds` old: until then a webhook
    may still be on its way. Its balance transactions are asked for when they are `book_after_seconds` old.
    What is `compare_after_seconds` old is compared with the ledger; a side that is missing is only late until it is
    `late_after_seconds` old.
    `tenant` is whose the accounts are: real money of others is not taken at them. None: there is one tenant.
    With `livemode` the account takes real money, and no other.
    `provider` is the account's name, `kind` whose it is if that is not its name. `others` are the further accounts
    there are; with a `tolerance` the `rules` say which of all takes a charge, and each has a breaker.
    """

    tenant: str | None = None
    provider: str
    kind: str | None = None
    livemode: bool = False
    default_method: str | None = None
    keeps_open: bool = False
    sweep_seconds: int = 30
    sweep_after_seconds: int = 60
    book_after_seconds: int = 10
    compare_after_seconds: int = 120
    late_after_seconds: int = 86_400
    others: tuple["Terms", ...] = ()
    rules: tuple[Rule, ...] = ()
    tolerance: Tolerance | None = None

    def at(self, account: str) -> "Terms | None":
        """Those of the account of this name; None if it is not set up, or no account: a wallet."""
        return next((terms for terms in (self, *self.others) if terms.provider == account), None)

    def of(self, account: str) -> "Terms":
        """Those of what is kept under this account's name, also once it is no longer set up."""
        return self.at(account) or self
