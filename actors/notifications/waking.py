"""The end of an outage: what rests only because its endpoint was down is made ready, page by page, oldest first."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from actors.notifications.desk import Desk
from actors.notifications.keys import delivery_key, endpoint_key, looked_up, resting_key
from actors.notifications.looks import with_found
from actors.notifications.queueing import known, ring, stand, working
from actors.notifications.states import EndpointState, Found
from actors.runtime.decision import Key, View

SOON: Final = timedelta(milliseconds=100)


def wake_soon(desk: Desk, endpoint_id: str) -> None:
    """From the endpoint's next alarm on, until nothing rests any more but what its receiver set a time for."""
    desk.put(working(desk.get(endpoint_key(desk.tenant, endpoint_id)), waking=True))
    ring(desk, endpoint_id, desk.now + SOON)


def waking_needs(tenant: str, endpoint: EndpointState | None, why: str, view: View) -> set[Key]:
    """The next page of what rests."""
    if endpoint is None or not endpoint.work.waking:
        return set()
    return with_found(view, _look(tenant, endpoint.webhook_endpoint.id, why), delivery_key)


def wake(desk: Desk, endpoint_id: str, why: str) -> Sequence[str]:
    """Those that are ready now. The endpoint must be served thereafter."""
    endpoint: EndpointState = desk.get(endpoint_key(desk.tenant, endpoint_id))
    if not endpoint.work.waking:
        return ()
    look: Found | None = desk.view.get(_look(desk.tenant, endpoint_id, why))
    if look is not None and not look.found:
        desk.put(working(endpoint, waking=False))
        return ()
    found = look.found if look else ()
    for each in found:
        _wake(desk, each)
    ring(desk, endpoint_id, desk.now + SOON)
    return found


def _wake(desk: Desk, delivery_id: str) -> None:
    """The look may be a turn behind: by now it may have been tried."""
    delivery = known(desk, delivery_key(desk.tenant, delivery_id))
    if delivery.standing == "resting" and not delivery.asked:
        stand(desk, delivery, "ready")
        desk.ring(delivery_id, None)


def _look(tenant: str, endpoint_id: str, why: str) -> Key:
    return resting_key(tenant, looked_up(endpoint_id, why))
