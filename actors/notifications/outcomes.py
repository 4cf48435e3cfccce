"""What became of an attempt: it arrived, it is tried again, it is given up, or the endpoint is disabled."""

from datetime import datetime, timedelta
from typing import Final

from actors.notifications import disabling
from actors.notifications.desk import Desk
from actors.notifications.keys import delivery_key, endpoint_key
from actors.notifications.pacing import FAILING_MAX, GIVE_UP_AFTER, is_open, probe_at, rest
from actors.notifications.queueing import leave, stand, working
from actors.notifications.replaying import NOT_ARRIVED
from actors.notifications.states import DeliveryState, EndpointState, EndpointWork
from actors.notifications.waking import wake_soon
from messages.webhooks import ATTEMPTS_SHOWN, Attempt, WebhookDelivery, WebhookEndpoint
from messages.wire import Json

GONE: Final = 410
THROTTLED: Final = frozenset({429, 502, 503, 504})
"""Of these a Retry-After concerns the whole endpoint, as the Standard Webhooks specification has it."""


def came_back(desk: Desk, delivery: DeliveryState, result: Json) -> None:
    """An attempt that is over. Its endpoint must be served thereafter."""
    attempt = Attempt.model_validate(result)
    endpoint = _returned(desk, delivery)
    if result["result"] == "succeeded":
        _arrived(desk, endpoint, delivery, attempt)
    else:
        _failed(desk, endpoint, delivery, attempt, result.get("retry_after_seconds"))


def tried(delivery: WebhookDelivery, attempt: Attempt, now: datetime, **fields: object) -> WebhookDelivery:
    """The delivery after this attempt."""
    attempts = [*delivery.attempts, attempt]
    moved: dict[str, object] = {
        "attempts": attempts[-ATTEMPTS_SHOWN:],
        "attempts_has_more": delivery.attempts_has_more or len(attempts) > ATTEMPTS_SHOWN,
        "next_attempt_at": None,
        "updated_at": now,
        "version": delivery.version + 1,
    }
    return delivery.model_copy(update={**moved, **fields})


def _returned(desk: Desk, delivery: DeliveryState) -> EndpointState:
    endpoint: EndpointState = desk.get(endpoint_key(desk.tenant, delivery.webhook_delivery.endpoint))
    calling = [each for each in endpoint.work.calling if each != delivery.webhook_delivery.id]
    after = working(endpoint, calling=calling)
    desk.put(after)
    return after


def _arrived(desk: Desk, endpoint: EndpointState, delivery: DeliveryState, attempt: Attempt) -> None:
    before = delivery.webhook_delivery
    after = tried(before, attempt, desk.now, status="succeeded", finished_at=desk.now)
    made_good = _made_good(desk, delivery)
    work = endpoint.work
    shown = endpoint.webhook_endpoint.model_copy(update={"failing_since": None})
    endpoint = endpoint.model_copy(update={"webhook_endpoint": shown})
    held = None if is_open(work.failures) else work.retry_at  # what the receiver asked for stands, the breaker closes
    endpoint = working(endpoint, open=work.open - 1, failures=0, retry_at=held, missing=work.missing - made_good)
    desk.put(_advanced(endpoint, before.sequence))
    leave(desk, delivery, webhook_delivery=after)
    if is_open(work.failures):
        wake_soon(desk, before.endpoint)
    desk.say("webhook.delivery.succeeded", after, before if before.version else None)


def _made_good(desk: Desk, delivery: DeliveryState) -> bool:
    """Whether a replay brought a number that was missing; what had not arrived before is told to have arrived by it."""
    if delivery.original is None:
        return False
    original: DeliveryState | None = desk.get(delivery_key(desk.tenant, delivery.original))
    if original is None or original.webhook_delivery.status not in NOT_ARRIVED:
        return False
    before = original.webhook_delivery
    moved = {"status": "succeeded", "updated_at": desk.now, "version": before.version + 1}
    after = before.model_copy(update=moved)
    desk.put(original.model_copy(update={"webhook_delivery": after}))
    desk.say("webhook.delivery.succeeded", after, before)
    return before.sequence is not None


def _advanced(endpoint: EndpointState, sequence: int | None) -> EndpointState:
    """Through which number all has arrived, as far as it can be known without looking; never too much."""
    shown, work = endpoint.webhook_endpoint, endpoint.work
    through = shown.delivered_through
    if sequence == through + 1:
        through = sequence
    if work.open == 0 and work.missing == 0:
        through = shown.last_sequence
    return endpoint.model_copy(update={"webhook_endpoint": shown.model_copy(update={"delivered_through": through})})


def _failed(
    desk: Desk, endpoint: EndpointState, delivery: DeliveryState, attempt: Attempt, retry_after_seconds: int | None
) -> None:
    first = delivery.first_attempt_at or desk.now
    delivery = delivery.model_copy(update={"tries": delivery.tries + 1, "first_attempt_at": first})
    failures, shown = _counted(endpoint.work, desk.now), endpoint.webhook_endpoint
    since = shown.failing_since or desk.now
    shown = shown.model_copy(update={"failing_since": since})
    endpoint = endpoint.model_copy(update={"webhook_endpoint": shown})
    retry_at = _retry_at(desk.now, failures, attempt.response_status, retry_after_seconds)
    held = endpoint.work.retry_at
    if held is not None and desk.now < held:
        retry_at = max(retry_at or held, held)
    desk.put(working(endpoint, failures=failures, retry_at=retry_at))
    if not endpoint.takes or attempt.response_status == GONE or since + FAILING_MAX <= desk.now:
        _discarded(desk, delivery, attempt, shown)
    elif first + GIVE_UP_AFTER <= desk.now:
        _given_up(desk, delivery, attempt, "failed")
    else:
        _try_again(desk, delivery, attempt, retry_after_seconds, is_down=is_open(failures))


def _counted(work: EndpointWork, now: datetime) -> int:
    """What began before the breaker opened says nothing new, or eight attempts at once would count as eight probes."""
    is_known = is_open(work.failures) and work.retry_at is not None and now < work.retry_at
    return work.failures if is_known else work.failures + 1


def _retry_at(now: datetime, failures: int, status: int | None, retry_after_seconds: int | None) -> datetime | None:
    asked = now + timedelta(seconds=retry_after_seconds) if retry_after_seconds and status in THROTTLED else None
    return max((at for at in (asked, probe_at(failures, now)) if at is not None), default=None)


def _discarded(desk: Desk, delivery: DeliveryState, attempt: Attempt, shown: WebhookEndpoint) -> None:
    """The endpoint wants nothing any more, or nobody is there: what waits for it is discarded with this one."""
    _given_up(desk, delivery, attempt, "discarded")
    endpoint: EndpointState = desk.get(endpoint_key(desk.tenant, shown.id))
    if endpoint.takes:
        disabling.disable(desk, endpoint, "gone" if attempt.response_status == GONE else "failing")


def _given_up(desk: Desk, delivery: DeliveryState, attempt: Attempt, status: str) -> None:
    before = delivery.webhook_delivery
    after = tried(before, attempt, desk.now, status=status, finished_at=desk.now)
    endpoint: EndpointState = desk.get(endpoint_key(desk.tenant, before.endpoint))
    missing = endpoint.work.missing + (delivery.original is None and before.sequence is not None)
    desk.put(working(endpoint, open=endpoint.work.open - 1, missing=missing))
    leave(desk, delivery, webhook_delivery=after)
    desk.say(f"webhook.delivery.{status}", after, before if before.version else None)


def _try_again(
    desk: Desk, delivery: DeliveryState, attempt: Attempt, retry_after_seconds: int | None, *, is_down: bool
) -> None:
    """While the whole endpoint is down its breaker says when, or each delivery would wait for its own time after it."""
    before = delivery.webhook_delivery
    if is_down:
        after = tried(before, attempt, desk.now)
        stand(desk, delivery, "ready", webhook_delivery=after, asked=False)
    else:
        at = desk.now + rest(before.id, delivery.tries, retry_after_seconds)
        after = tried(before, attempt, desk.now, next_attempt_at=at)
        stand(desk, delivery, "resting", webhook_delivery=after, asked=bool(retry_after_seconds))
        desk.ring(before.id, at)
    desk.say("webhook.delivery.attempt_failed", after, before if before.version else None)
