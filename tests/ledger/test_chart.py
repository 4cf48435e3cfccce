"""The chart is closed: a path is inside it or does not exist."""

import pytest

from actors.ledger.chart import class_of, wallet, wallet_holds, wallet_owner


@pytest.mark.parametrize(
    ("path", "side", "floor"),
    [
        ("assets:psp:simulated:pending", "debit", None),
        ("liabilities:wallets:abc123", "credit", 0),
        ("liabilities:wallet_holds:abc123", "credit", 0),
        ("liabilities:tax_payable:DE", "credit", None),
        ("income:sales", "credit", None),
        ("contra:refunds", "debit", None),
        ("suspense", "debit", None),
        ("user:petty_cash", "debit", None),
    ],
)
def test_a_path_of_the_chart_has_a_side_and_perhaps_a_floor(path, side, floor):
    row = class_of(path)

    assert row is not None
    assert (row.normal_side, row.floor) == (side, floor)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "assets",
        "assets:psp:simulated",
        "assets:psp:simulated:pending:more",
        "liabilities:wallets:",
        "liabilities:wallets:a b",
        "liabilities:wallets:ä",
        "liabilities:wallets:" + "a" * 65,
        "income:sales\n",
        "Income:sales",
    ],
)
def test_any_other_path_is_outside(path):
    assert class_of(path) is None


def test_a_wallet_knows_its_owner_free_and_held():
    assert wallet_owner(wallet("bob")) == wallet_owner(wallet_holds("bob")) == "bob"
    assert wallet_owner("income:sales") is None
