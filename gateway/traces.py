"""The span of a request. A client's own trace goes on in ours."""

from aiohttp import web

from gateway.door import REQUEST_ID, TRACEPARENT
from health import spans
from health.spans import Span, well_formed


def begin_request(request: web.Request, route: str) -> Span | None:
    """Of a route under /api; what follows from the request carries on its span, or else the client's."""
    sent = request.headers.getall("traceparent", [])
    request[TRACEPARENT] = well_formed(sent[0]) if len(sent) == 1 else None
    if spans.tracer is None or not route.startswith("/api/"):
        return None
    attributes = {
        "http.request.method": request.method,
        "http.route": route,
        "pocketpay.correlation_id": request[REQUEST_ID],
    }
    span = spans.tracer.begin(f"{request.method} {route}", "server", request[TRACEPARENT], attributes)
    request[TRACEPARENT] = span.traceparent
    return span


def end_request(span: Span, response: web.StreamResponse) -> None:
    """Only 5xx is a failure of ours."""
    failed = f"status {response.status}" if response.status >= 500 else None
    span.end(failed, {"http.response.status_code": response.status})
