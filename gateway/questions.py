"""Questions to the actors, over NATS request and reply."""

from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from pydantic import ValidationError

from gateway.bus import Bus
from gateway.problems import Problem
from messages.envelope import Query, Reply
from messages.subjects import query_subject
from messages.wire import Json

ASK_SECONDS = 7.0


async def ask(bus: Bus, actor: str, name: str, query: Query, timeout_seconds: float = ASK_SECONDS) -> Reply:
    """The actor's reply, whatever its status. Raises Problem `unavailable` when there is none."""
    if not bus.connected:
        raise Problem("unavailable", "The message bus is away.")
    try:
        message = await bus.client.request(
            query_subject(actor, name), query.model_dump_json().encode(), timeout=timeout_seconds
        )
        return Reply.model_validate_json(message.data)
    except NoRespondersError as why:
        raise Problem("unavailable", f"No {actor} process is there to answer.") from why
    except ValidationError as why:
        raise Problem("unavailable", f"The answer of {actor} cannot be read.") from why
    except (NatsError, OSError, TimeoutError) as why:
        raise Problem("unavailable", f"{actor} did not answer in {timeout_seconds:g} s.") from why


async def resource_of(bus: Bus, actor: str, name: str, query: Query) -> Json:
    """The body of a reply with 200; any other is raised as the Problem that it is."""
    reply = await ask(bus, actor, name, query)
    if reply.status == 200:
        return reply.body
    body = reply.body if isinstance(reply.body, dict) else {}
    extra = {key: value for key, value in body.items() if key not in ("code", "detail")}
    raise Problem(body.get("code", "internal_error"), body.get("detail", "The actor gave no reason."), extra)
