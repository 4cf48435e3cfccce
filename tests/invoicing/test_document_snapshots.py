"""What is kept of the day of issue, so that a document reads for ever as it did then."""

import pytest

from actors.invoicing.keys import party_key
from actors.invoicing.states import PartyState
from messages.customers import Profile
from messages.documents import ShownTaxRate
from tests.invoicing.selling import stocked, tax_rate
from tests.invoicing.shop import TENANT


@pytest.mark.parametrize("from_wallet", [False, True])
def test_an_issue_keeps_names_of_rates_the_customers_language_and_their_day(from_wallet: bool) -> None:
    # Given a customer of their own language and zone, and a draft with a tax, perhaps from the wallet first
    shop = stocked()
    tax_rate(shop, "txr_1", "20")
    shop.done("customer.put", "abc", name="Ada", preferred_locales=["de-DE"], time_zone="Asia/Tokyo")
    lines = [{"amount": 1000, "description": "Work", "tax_rates": ["txr_1"]}]
    terms = {"collection_method": "send_invoice", "from_wallet": from_wallet, "currency": "USD"}
    shop.done("invoice.create", "inv_1", customer_id="abc", lines=lines, **terms)
    # When it is issued, and the rate and the customer change afterwards
    shop.done("invoice.finalize", "inv_1")
    shop.done("tax_rate.update", "txr_1", changes={"display_name": "Renamed"})
    shop.done("customer.update", "abc", changes={"name": "Eve"})
    # Then the snapshot is as they were
    kept: PartyState = shop.view[party_key(TENANT, "inv_1")]
    party = kept.invoice_party
    assert (party.profile, party.locale, party.time_zone) == (Profile(name="Ada"), "de-DE", "Asia/Tokyo")
    assert [(rate.id, type(rate)) for rate in party.tax_rates] == [("txr_1", ShownTaxRate)]
    assert party.tax_rates[0].name != "Renamed"
