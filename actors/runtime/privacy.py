"""What is personal in a command is kept until it is decided, and no longer: states may be erased, records are not."""

from collections.abc import Set as AbstractSet

from messages.envelope import Command
from storage.parked import ParkedRow


def recorded(command: Command, body: bytes, private: AbstractSet[str]) -> str:
    """The command as the inbox keeps it: as it came, or without its data if that is personal."""
    return _without_data(command) if command.type in private else body.decode()


def shown(row: ParkedRow, private: AbstractSet[str]) -> bytes:
    """A parked message as whoever watches may see it."""
    if row.type not in private:
        return row.message
    return _without_data(Command.model_validate_json(row.message)).encode()


def _without_data(command: Command) -> str:
    return command.model_copy(update={"data": {}}).model_dump_json()
