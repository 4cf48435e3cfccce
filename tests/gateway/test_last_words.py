"""Which words of LATEST a gateway believes. Whoever may read the bus can have the server copy what it stores."""

import pytest

from gateway.keys import Known, Table, put
from messages.access import API_KEY, SESSION, TENANT
from messages.subjects import latest_subject
from tests.gateway.holders import OTHER, SHOP, a_key, a_session, a_tenant, secret_named, session_named

KEY = a_key(secret_named("leaver"), "admin", version=2)
SESSION_OF_ADA = a_session(session_named("ada"), "admin", version=2)
ITS_OWN = latest_subject(SHOP, API_KEY, KEY.id)


def say(table: Table, subject: str, known: Known) -> None:
    put(table, subject, known.model_dump_json().encode())


def changed(known: Known, **changes: object) -> Known:
    return known.model_copy(update=changes)


@pytest.mark.parametrize(
    ("subject", "known"),
    [
        (latest_subject(SHOP, API_KEY, "yyy"), KEY),
        (latest_subject(OTHER, API_KEY, KEY.id), KEY),
        (latest_subject(SHOP, SESSION, KEY.id), KEY),
        (latest_subject(SHOP, SESSION, "yyy"), SESSION_OF_ADA),
        (latest_subject(SHOP, TENANT, OTHER), a_tenant(SHOP)),
        (latest_subject(OTHER, TENANT, SHOP), a_tenant(SHOP)),
    ],
)
def test_a_word_on_another_subject_than_its_own_is_none(subject: str, known: Known) -> None:
    table = Table()
    say(table, subject, known)
    assert vars(table) == vars(Table())


def test_what_cannot_be_read_keeps_out_nobody_but_whom_its_subject_names() -> None:
    table = Table()
    say(table, ITS_OWN, KEY)
    odd = KEY.model_dump_json().replace('"active"', '"asleep"').encode()
    put(table, latest_subject(SHOP, API_KEY, "yyy"), odd)
    assert not table.refuses(KEY.id)
    put(table, ITS_OWN, odd)
    assert table.refuses(KEY.id)


@pytest.mark.parametrize(
    ("known", "ended"),
    [(KEY, {"status": "revoked", "revoked": True}), (SESSION_OF_ADA, {"ended": True})],
)
def test_an_earlier_word_lets_nobody_in_again(known: Known, ended: dict[str, object]) -> None:
    table = Table()
    noun = API_KEY if known is KEY else SESSION
    for word in (known, changed(known, version=3, **ended), known):
        say(table, latest_subject(SHOP, noun, known.id), word)
    assert table.refuses(known.id)


def test_a_revocation_counts_also_where_the_books_were_put_back_to_an_earlier_day() -> None:
    table = Table()
    say(table, ITS_OWN, changed(KEY, version=9))
    say(table, ITS_OWN, changed(KEY, version=3, status="revoked", revoked=True))
    assert table.refuses(KEY.id)


def test_of_a_tenant_the_newest_word_counts() -> None:
    table, subject = Table(), latest_subject(SHOP, TENANT, SHOP)
    for version, name in ((2, "New"), (1, "Old"), (2, "New again")):
        say(table, subject, a_tenant(SHOP, name=name, version=version))
    assert table.tenants[SHOP].name == "New again"
