"""A leaf is canonical, complete and without free text."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.ledger.heads import is_signed, key_id, public_key, sign, signed_text
from actors.ledger.leaves import leaf_bytes, leaf_json
from tests.ledger.proofs import PRIVATE_KEY, START, top_up


def test_a_leaf_says_all_that_counts_in_canonical_order() -> None:
    assert leaf_bytes("demo", top_up(2)).decode() == (
        '{"effective_at":"2026-11-22T09:59:59.000Z","entries":['
        '{"account":"assets:psp:simulated:pending","account_version":3,"amount":1000,"balance_after":3000,'
        '"currency":"USD","id":"ent_2_0","side":"debit"},'
        '{"account":"liabilities:wallets:bob","account_version":2,"amount":1000,"balance_after":2000,'
        '"currency":"USD","id":"ent_2_1","side":"credit"}],'
        '"event":"evt_2","id":"txn_2","leaf_index":2,"recorded_at":"2026-11-22T10:00:02.000Z","reverses":null,'
        '"source":{"id":"pay_2","kind":"captured","type":"payment"},"tenant":"demo","v":1}'
    )


def test_a_leaf_has_no_free_text() -> None:
    transaction = top_up(2)
    assert "pizzas" in transaction.model_dump_json()
    leaf = leaf_bytes("demo", transaction).decode()
    assert "pizzas" not in leaf
    assert "555" not in leaf


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_the_ids_are_the_leaf_is_canonical_json(tenant: str, name: str) -> None:
    transaction = top_up(0)
    source = transaction.source.model_copy(update={"id": name})
    odd = transaction.model_copy(update={"id": name, "source": source, "reverses": name, "event": None})
    canonical = json.dumps(leaf_json(tenant, odd), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert leaf_bytes(tenant, odd) == canonical.encode()
    assert json.loads(canonical)["source"]["id"] == name


def test_each_change_of_what_counts_changes_the_leaf() -> None:
    transaction = top_up(0)
    line = transaction.entries[0]
    changes = [
        {"id": "txn_x"},
        {"leaf_index": 5},
        {"event": None},
        {"reverses": "txn_x"},
        {"effective_at": START + timedelta(milliseconds=1)},
        {"recorded_at": START + timedelta(milliseconds=1)},
        *({"source": transaction.source.model_copy(update={name: "x"})} for name in ("type", "id", "kind")),
        {"entries": transaction.entries[::-1]},
        *(
            {"entries": [line.model_copy(update={name: value}), *transaction.entries[1:]]}
            for name, value in (
                *((name, "x") for name in ("id", "account", "side", "currency")),
                *((name, 7) for name in ("amount", "balance_after", "account_version")),
            )
        ),
    ]
    leaves = [leaf_bytes("demo", transaction.model_copy(update=change)) for change in changes]
    leaves += [leaf_bytes("demo", transaction), leaf_bytes("another", transaction)]
    assert len(set(leaves)) == len(changes) + 2


def test_what_is_not_in_the_log_or_not_complete_has_no_leaf() -> None:
    for change in ({"leaf_index": None}, {"entries_has_more": True}):
        with pytest.raises(ValueError, match="txn_0 has no leaf"):
            leaf_bytes("demo", top_up(0).model_copy(update=change))


def test_a_head_is_signed_as_four_lines() -> None:
    text = signed_text("demo", 5, b"\xff" * 32, START)
    assert text == b"pocketpay/demo\n5\n//////////////////////////////////////////8=\n2026-11-22T10:00:00.000Z\n"

    public, signature = public_key(PRIVATE_KEY), sign(PRIVATE_KEY, text)
    assert is_signed(public, text, signature)
    assert not is_signed(public, text.replace(b"5", b"6"), signature)
    assert not is_signed(public, text, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not is_signed(public_key(b"o" * 32), text, signature)


def test_keys_and_signatures_are_those_of_rfc_8032() -> None:
    # Section 7.1, test 2
    private = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert public_key(private).hex() == public
    assert sign(private, b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert key_id(b"") == "e3b0c44298fc1c14"
