"""Whether a stream still holds what we know of it. One that lost its tail would give numbers out twice."""

from nats.aio.client import Client
from nats.js.errors import NotFoundError

from messages.streams import ORIGIN_HEADER, is_being_made

API_SECONDS = 3


class StreamCut(Exception):
    """The stream is gone, lost something, or is being made again: nothing may be said or heard until it is whole.

    With `shorter` it lost what we had: that it is long enough again one day says nothing.
    """

    def __init__(self, stream: str, why: str, *, shorter: bool = False) -> None:
        super().__init__(f"{stream} {why}: `pocketpay provision` makes it again from the journals")
        self.shorter = shorter


async def must_reach(client: Client, stream: str, seq: int) -> int:
    """Returns the sequence of the first message that the stream holds. Raises StreamCut when it ends before `seq`."""
    try:
        info = await client.jetstream(timeout=API_SECONDS).stream_info(stream)
    except NotFoundError as error:
        raise StreamCut(stream, "is gone") from error
    if is_being_made(info.config.subjects):
        raise StreamCut(stream, "is being made again")
    if info.state.last_seq < seq:
        raise StreamCut(stream, f"ends at {info.state.last_seq}, but it had {seq}", shorter=True)
    return info.state.first_seq


async def must_hold(client: Client, stream: str, seq: int, author: str) -> None:
    """Raises StreamCut unless `seq` is a message of the author, `<actor>/<partition>`, or too old to be kept."""
    if not seq or await must_reach(client, stream, seq) > seq:
        return
    message = await client.jetstream(timeout=API_SECONDS).get_msg(stream, seq, direct=True)
    if not (message.headers or {}).get(ORIGIN_HEADER, "").startswith(f"{author}/"):
        raise StreamCut(stream, f"holds at {seq} what {author} did not say there")
