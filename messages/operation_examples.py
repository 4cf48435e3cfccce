"""Examples of what an operator asks for."""

from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel

from messages import rehearsals, search, stuck, switches, walks
from messages.resource import ResourceName

_SINCE = datetime(2026, 11, 22, 2, 51, tzinfo=UTC)

STUCK: Final = stuck.Stuck(
    id="stk_01ja",
    kind="parked",
    amount=41250,
    currency="EUR",
    resource=ResourceName(object="payment", id="pay_01ja"),
    actor="ledger",
    step="payment.succeeded",
    reason="undecidable: the account is frozen",
    since=_SINCE,
    deadline=_SINCE + timedelta(seconds=60),
    attempts=4,
    safe_to_retry=True,
    why_safe="nothing of it was committed: it is decided as if it came now, once, and its entity behind it in order",
)

SWITCH: Final = switches.Switch(
    name="payments",
    on=False,
    reason="Chargebacks by the hundred; we look into it.",
    changed_by="key:key_01ja",
    changed_at=_SINCE,
)

FOUND: Final = search.Found(object="invoice", id="inv_01ja", title="INV-0042", subtitle="412.50 EUR · open · abc123")

STEP: Final = walks.WalkStep(
    station="payments",
    message="payment.create",
    id="cmd_01ja",
    received_at=_SINCE,
    started_at=_SINCE,
    finished_at=_SINCE + timedelta(milliseconds=98),
    outcome="done 201",
)

HIT: Final = search.Hit(**FOUND.model_dump(), url=search.path_of(FOUND))

_OFF: Final = {"on": False, "reason": SWITCH.reason}

OPERATION_EXAMPLES: Final[tuple[BaseModel, ...]] = (
    STUCK,
    stuck.StuckListing(),
    stuck.RetryStuck(),
    walks.WalkAsked(request="req_01ja", entities=["pay_01ja"]),
    walks.WalkSteps(data=[STEP], entities=["pay_01ja"]),
    walks.Walk(id="req_01ja", data=[STEP], away=[]),
    stuck.PutAside(items=[rehearsals.Rung(entity="inv_01ja", at=_SINCE)]),
    SWITCH,
    switches.SwitchWish.model_validate(_OFF),
    switches.SetSwitch.model_validate({**_OFF, "name": SWITCH.name}),
    switches.Switches(data=[SWITCH]),
    search.Searched(q="INV-0042"),
    FOUND,
    HIT,
    search.FoundPage(data=[FOUND]),
    rehearsals.Rehearse(items=[rehearsals.Rung(entity="inv_01ja", at=_SINCE)]),
    rehearsals.Rehearsed(now=_SINCE, rung=[rehearsals.Rung(entity="inv_01ja", at=_SINCE)]),
)
