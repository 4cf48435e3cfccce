"""Files of an import as they are read: every fault with its place, and what is right beside it."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pocketpay.importing import reading, rows
from pocketpay.importing.rows import BOOLEANS, INTEGERS, LISTS, MODELS, nested
from pocketpay.importing.sheets import Sheets, kind_of, read
from pocketpay.main import app

PRICE = "old_id,product.old_id,product.name,currency,unit_amount,recurring.interval"
SUBSCRIPTION = "old_id,customer_id,price,current_period_end"
END = "2030-01-31T00:00:00Z"


def sheets_of(folder: Path, name: str, content: str | bytes) -> Sheets:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    kind = kind_of(path)
    assert kind is not None
    return read([(path, kind)])


def faults(sheets: Sheets) -> list[tuple[int, str | None, str]]:
    return [(each.line, each.column, each.code) for each in sheets.faults]


LONG = "x" * reading.ROW_BYTES_MAX

Told = Sequence[tuple[int, str | None, str]]

BAD: dict[str, tuple[str, str | bytes, Told]] = {
    "an unknown column": ("customers.csv", "id,nmae\na,Ada\nb,Bob", [(1, "nmae", "unknown_field")]),
    "an unknown part": ("customers.csv", "id,address.planet\na,Mars", [(1, "address.planet", "unknown_field")]),
    "an unknown column without cells": ("customers.csv", "id,nmae\na,", [(1, "nmae", "unknown_field")]),
    "a column twice": ("customers.csv", "id,name,name\na,b,c", [(1, "name", "duplicate_column")]),
    "a column whole and in parts": (
        *("customers.csv", "id,address,address.city\na,,b"),
        [(1, "address.city", "conflicts_with")],
    ),
    "a cell too many": ("customers.csv", "id,name\na,b,c", [(2, None, "wrong_columns")]),
    "a quote that never ends": ("customers.csv", 'id,name\na,"b\nc', [(2, None, "malformed_csv")]),
    "no id": ("customers.csv", "id,name\n,Ada", [(2, "id", "missing")]),
    "a bad id": ("customers.csv", "id\na.b", [(2, "id", "bad_format")]),
    "a country of no world": ("customers.csv", "id,address.country\na,XX", [(2, "address.country", "bad_format")]),
    "no mail address": ("customers.csv", "id,email\na,ada", [(2, "email", "bad_format")]),
    "another encoding": ("customers.csv", b"id,name\na,\xe4", [(2, None, "invalid_encoding")]),
    "a line too long": (
        *("customers.csv", f"id,name\na,{LONG}\nb.,x"),
        [(2, None, "row_too_long"), (3, "id", "bad_format")],
    ),
    "lines that are too long together": (
        *("customers.csv", f'id,name\na,"{LONG[:-9]}\n{LONG[:-9]}"'),
        [(2, None, "row_too_long")],
    ),
    "a NUL": ("customers.csv", "id,name\na,b\0c", [(2, None, "bad_format")]),
    "an amount with a point": ("prices.csv", f"{PRICE}\np,q,Pro,EUR,10.00,month", [(2, "unit_amount", "wrong_type")]),
    "an amount as others write it": (
        *("prices.csv", f"{PRICE}\np,q,Pro,EUR,1_000,month"),
        [(2, "unit_amount", "wrong_type")],
    ),
    "an amount below nothing": ("prices.csv", f"{PRICE}\np,q,Pro,EUR,-1,month", [(2, "unit_amount", "too_small")]),
    "no currency of this world": ("prices.csv", f"{PRICE}\np,q,Pro,EUX,1,month", [(2, "currency", "not_one_of")]),
    "a currency in small letters": ("prices.csv", f"{PRICE}\np,q,Pro,eur,1,month", [(2, "currency", "not_one_of")]),
    "no interval": ("prices.csv", f"{PRICE}\np,q,Pro,EUR,1,fortnight", [(2, "recurring.interval", "not_one_of")]),
    "no amount": ("prices.csv", f"{PRICE}\np,q,Pro,EUR,,month", [(2, "unit_amount", "missing")]),
    "no name": ("prices.csv", f"{PRICE}\n,q,Pro,EUR,1,month", [(2, None, "bad_format")]),
    "the key of our own": (
        *("prices.csv", f"{PRICE},metadata.import_old_id\np,q,Pro,EUR,1,month,x"),
        [(2, "metadata.import_old_id", "conflicts_with")],
    ),
    "30 February": (
        *("subscriptions.csv", f"{SUBSCRIPTION}\ns,c,p,2030-02-30T00:00:00Z"),
        [(2, "current_period_end", "bad_format")],
    ),
    "a day without a time": (
        *("subscriptions.csv", f"{SUBSCRIPTION}\ns,c,p,2030-02-28"),
        [(2, "current_period_end", "bad_format")],
    ),
    "half of one": (
        *("subscriptions.csv", f"{SUBSCRIPTION},quantity\ns,c,p,{END},0.5"),
        [(2, "quantity", "wrong_type")],
    ),
    "neither yes nor no": (
        *("subscriptions.csv", f"{SUBSCRIPTION},cancel_at_period_end\ns,c,p,{END},yes"),
        [(2, "cancel_at_period_end", "wrong_type")],
    ),
    "no price": ("subscriptions.csv", f"{SUBSCRIPTION}\ns,c,,{END}", [(2, None, "bad_format")]),
    "several faults in a row": (
        *("prices.csv", f"{PRICE}\np,q,Pro,EUX,1.5,month"),
        [(2, "currency", "not_one_of"), (2, "unit_amount", "wrong_type")],
    ),
    "a float in JSON": (
        *("prices.json", '{"old_id":"p","product":{"old_id":"q","name":"Pro"},"currency":"EUR","unit_amount":10.0}'),
        [(1, "unit_amount", "wrong_type")],
    ),
    "an amount as a text in JSON": (
        *("prices.json", '{"old_id":"p","product":{"old_id":"q","name":"Pro"},"currency":"EUR","unit_amount":"10"}'),
        [(1, "unit_amount", "wrong_type")],
    ),
    "no JSON in a line": (
        *("customers.json", '{"id":"a"}\n{"id"\n{"id":"b."}'),
        [(2, None, "malformed_json"), (3, "id", "bad_format")],
    ),
    "a key twice": ("customers.jsonl", '{"id":"a","id":"b"}', [(1, None, "duplicate_key")]),
    "a list in a line": ("customers.jsonl", '{"id":"a"}\n[1]', [(2, None, "validation_failed")]),
    "an element of an array": ("customers.json", '[\n{"id":"a"},\n\n {"id":"b."}]', [(4, "id", "bad_format")]),
    "an array that breaks off": ("customers.json", '[\n{"id":"a"},\n', [(3, None, "malformed_json")]),
    "an array without commas": ("customers.json", '[{"id":"a"}\n{"id":"b"}]', [(2, None, "malformed_json")]),
    "an element too long": ("customers.json", f'[{{"id":"a","name":"{LONG}"}}]', [(1, None, "row_too_long")]),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_told_with_its_place(tmp_path: Path, name: str):
    file, content, wanted = BAD[name]
    sheets = sheets_of(tmp_path, file, content)
    assert faults(sheets) == wanted
    assert all(each.file == file and each.detail.endswith((".", "?")) for each in sheets.faults)


def test_csv_and_json_say_the_same(tmp_path: Path):
    lines = "\ufeffid,name,address.country,tax_ids.0.type,tax_ids.0.value,preferred_locales.0,metadata.a.b\r\n"
    of_csv = sheets_of(tmp_path, "customers.csv", f'{lines}a,"Ada\nLovelace",GB,gb_vat,1,en-GB,x\r\nb,,,,,,\r\n')
    ada = {"id": "a", "name": "Ada\nLovelace", "address": {"country": "GB"}, "metadata": {"a.b": "x"}}
    ada |= {"tax_ids": [{"type": "gb_vat", "value": "1"}], "preferred_locales": ["en-GB"]}
    of_lines = sheets_of(tmp_path, "customers.jsonl", "\n".join(json.dumps(each) for each in (ada, {"id": "b"})))
    of_array = sheets_of(tmp_path, "customers.json", json.dumps([ada, {"id": "b"}]))
    assert [[each.row for each in sheets.customers] for sheets in (of_csv, of_lines)] == [
        [each.row for each in of_array.customers]
    ] * 2
    assert [(each.line, each.row.id) for each in of_csv.customers] == [(2, "a"), (4, "b")]
    assert faults(of_csv) == faults(of_lines) == faults(of_array) == []


def test_tiers_fit_into_columns(tmp_path: Path):
    header = "lookup_key,product.old_id,product.name,currency,recurring.interval,billing_scheme,tiers_mode"
    tiers = "tiers.0.up_to,tiers.0.unit_amount,tiers.1.up_to,tiers.1.unit_amount"
    sheets = sheets_of(tmp_path, "prices.csv", f"{header},{tiers}\nk,q,Pro,EUR,month,tiered,volume,10,100,null,80")
    assert faults(sheets) == []
    assert [(tier.up_to, tier.unit_amount) for tier in sheets.prices[0].row.tiers or []] == [(10, 100), (None, 80)]


def test_rows_are_counted_over_all_files(tmp_path: Path):
    (tmp_path / "customers.jsonl").write_text("\n".join(json.dumps({"id": f"c{n}"}) for n in range(4)))
    path = tmp_path / "customers.jsonl"
    sheets = read([(path, "customers"), (path, "customers")], rows_max=6)
    assert faults(sheets) == [(3, None, "too_many_rows")]


def test_a_file_of_another_kind_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "FAULTS_MAX", 10)
    assert len(sheets_of(tmp_path, "customers.jsonl", b"\xff\n" * 1000).faults) == 11


@pytest.mark.parametrize("columns", [{"a": 1, "a.b": 2}, {"a.b": 2, "a": 1}])
def test_a_column_is_whole_or_in_parts(columns: dict[str, object]):
    with pytest.raises(ValueError, match="a"):
        nested(columns)


def test_columns_are_converted_as_the_models_want_them():
    schemas = [model.model_json_schema() for model in MODELS.values()]
    found = {"integer": set[str](), "boolean": set[str](), "array": set[str]()}
    for schema in schemas:
        for part in (schema, *schema.get("$defs", {}).values()):
            for name, of in part["properties"].items():
                for kind in {of.get("type"), *(each.get("type") for each in of.get("anyOf", ()))} & found.keys():
                    found[kind].add(name)
    assert (found["integer"], found["boolean"], found["array"]) == (INTEGERS, BOOLEANS, LISTS)


def test_what_a_row_has_too_much_of_is_told_in_part(tmp_path: Path):
    sheets = sheets_of(tmp_path, "customers.jsonl", json.dumps({"id": "a"} | {f"x{n}": 1 for n in range(90)}))
    assert len(sheets.faults) == rows.FAULTS_OF_A_ROW_MAX


@pytest.mark.parametrize(
    ("name", "options"),
    [("people.csv", []), ("customers.txt", []), ("people.csv", ["--as", "humans"]), ("gone/customers.csv", [])],
)
def test_a_file_of_no_known_kind_is_wrong_usage(tmp_path: Path, name: str, options: list[str]):
    if "/" not in name:
        (tmp_path / name).write_text("id\na")
    result = CliRunner().invoke(app, ["import", str(tmp_path / name), *options])
    assert result.exit_code == 2, result.output


def test_without_a_gateway_it_says_so(tmp_path: Path):
    (tmp_path / "people.csv").write_text("id\na")
    arguments = ["import", str(tmp_path / "people.csv"), "--as", "customers", "--data-dir", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, "pocketpay up" in result.output) == (1, True), result.output
