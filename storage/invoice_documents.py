"""What a document is made of: an invoice or a credit note, with the snapshot that was taken at its issue."""

from typing import Final

from asyncpg import Connection

from messages.wire import Json
from storage.json_rows import one

_RATES: Final = """(
    select coalesce(json_agg(r.body order by r.id), '[]') from tax_rate r
    where r.tenant = $1 and r.id in (select t ->> 'tax_rate' from jsonb_array_elements({taxes}) t))"""

_INVOICE: Final = f"""
select json_build_object('invoice', i.body, 'lines', i.lines, 'party', p.body,
    'rates', {_RATES.format(taxes="i.body -> 'taxes'")})::text
from invoice i join invoice_party p on p.tenant = i.tenant and p.id = i.id
where i.tenant = $1 and i.id = $2"""

_CREDIT_NOTE: Final = f"""
select json_build_object('note', c.body, 'party', p.body, 'invoice_number', i.number, 'descriptions', (
        select coalesce(json_object_agg(l ->> 'id', l ->> 'description'), '{{}}') from jsonb_array_elements(i.lines) l),
    'rates', {_RATES.format(taxes="c.body -> 'taxes'")})::text
from credit_note c
join invoice i on i.tenant = c.tenant and i.id = c.invoice
join invoice_party p on p.tenant = i.tenant and p.id = i.id
where c.tenant = $1 and c.id = $2"""


async def find_invoice(connection: Connection, tenant: str, invoice: str) -> Json | None:
    """`invoice`, all its `lines`, `party`, and the `rates` of its taxes as they are now; None if never issued."""
    return await one(connection, _INVOICE, tenant, invoice)


async def find_credit_note(connection: Connection, tenant: str, note: str) -> Json | None:
    """`note`, the `party`, `invoice_number` and line `descriptions` of its invoice, `rates`."""
    return await one(connection, _CREDIT_NOTE, tenant, note)
