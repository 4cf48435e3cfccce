"""The audit log: every command that an actor was given, by whom, from where, and what became of it."""

from typing import Literal

from messages.queries import Listing
from messages.wire import Instant, Wire

AuditStatus = Literal["running", "stuck", "done", "refused", "released"]


class AuditEntry(Wire):
    """One command. `outcome_status` is the HTTP status of its answer, `outcome_code` a problem's code.

    `released`: nothing was done, and its idempotency key is free again.
    """

    id: str
    object: Literal["audit_entry"] = "audit_entry"
    status: AuditStatus
    actor: str
    command: str
    type: str
    subject: str
    principal: str
    address: str | None = None
    correlation_id: str
    outcome_status: int | None = None
    outcome_code: str | None = None
    created_at: Instant
    finished_at: Instant | None = None


class AuditListing(Listing):
    """`audit`, newest first, by when they were received. `type` may end in `.*`."""

    principal: str | None = None
    type: str | None = None
    subject: str | None = None
