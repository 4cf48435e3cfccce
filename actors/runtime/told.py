"""What is told to those who wait for a command. Bodies are JSON text from the moment they are decided."""

from dataclasses import dataclass

from messages.envelope import AcceptedHead, DoneHead
from messages.wire import with_member


@dataclass(frozen=True, slots=True)
class Told:
    """Final with a status; without one the command is only accepted, and `body` is what may be shown already."""

    command_id: str
    status: int | None
    body: str | None
    replayed: bool = False

    @property
    def final(self) -> bool:
        """Whether nothing more will be told of this command."""
        return self.status is not None

    def as_message(self, position: int | None) -> bytes:
        """An `Accepted` or a `Done`, as it goes to the gateway."""
        if self.status is None:
            return with_member(AcceptedHead(command_id=self.command_id), "resource", self.body or "null").encode()
        head = DoneHead(command_id=self.command_id, status=self.status, position=position, replayed=self.replayed)
        return with_member(head, "body", self.body or "{}").encode()
