"""The journal out of the database, page by page, on one snapshot of it."""

import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO

from actors.ledger.export_query import exported
from messages.ledger_queries import ExportPage
from pocketpay.ledger.explaining import IN_THE_BOOKS
from storage.progress import Progress, unseen
from storage.verify import snapshot


async def texts(dsn: str, tenant: str, page: ExportPage) -> AsyncGenerator[bytes]:
    """All pages from this one on; never more than one of them is held. The role `pocketpay_verifier` may do this."""
    async with snapshot(dsn) as connection:
        await connection.execute(IN_THE_BOOKS)
        while True:
            found = await exported(connection, tenant, page)
            yield found.text.encode()
            if found.next is None:
                return
            page = page.model_copy(update={"place": found.next, "as_of": found.as_of})


async def write(dsn: str, tenant: str, page: ExportPage, into: BinaryIO, progress: Progress = unseen) -> int:
    """As it goes; how many bytes it was. Nobody knows beforehand, so progress tells no end."""
    written = 0
    async with aclosing(texts(dsn, tenant, page)) as pages:
        async for text in pages:
            into.write(text)
            written += len(text)
            progress(written, None)
    into.flush()
    return written


async def write_file(dsn: str, tenant: str, page: ExportPage, path: Path, progress: Progress = unseen) -> int:
    """The file is there when it is whole, and not before; how many bytes it has."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("wb") as file:
            written = await write(dsn, tenant, page, file, progress)
            os.fsync(file.fileno())
        unfinished.replace(path)
        return written
    finally:
        unfinished.unlink(missing_ok=True)
