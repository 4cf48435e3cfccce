"""Which accounts may take a charge, and in which order: the operator's rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from messages.ids import Token
from messages.money import Amount, Currency
from messages.wire import Wire

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""


class Rule(Wire):
    """Which accounts take what fits, the preferred one first. What a rule does not name may be anything.

    Amounts are in minor units, so a rule that bounds them names its currencies. Both bounds are included.
    """

    model_config = ConfigDict(extra="forbid")  # a misspelt condition would fit everything

    currencies: list[Currency] = []
    amount_min: Amount | None = None
    amount_max: Amount | None = None
    countries: list[Country] = []
    accounts: Annotated[list[Token], Field(min_length=1)]

    @model_validator(mode="after")
    def _amounts_have_a_currency(self) -> Self:
        if (self.amount_min is not None or self.amount_max is not None) and not self.currencies:
            raise ValueError("a rule with amount_min or amount_max must name its currencies")
        return self


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules look at. `amount` is in minor units; who does not know the country fits no rule that names one."""

    amount: int
    currency: str
    country: str | None = None


def route(rules: Sequence[Rule], default: str, asked: Asked, shut: Collection[str] = ()) -> list[str]:
    """The accounts that may be asked, in order, without those that are shut; none if all are.

    The first rule that fits counts. If none does, it is the default alone.
    """
    named = next((rule.accounts for rule in rules if _fits(rule, asked)), [default])
    return [name for name in dict.fromkeys(named) if name not in shut]


def _fits(rule: Rule, asked: Asked) -> bool:
    return (
        (not rule.currencies or asked.currency in rule.currencies)
        and (rule.amount_min is None or asked.amount >= rule.amount_min)
        and (rule.amount_max is None or asked.amount <= rule.amount_max)
        and (not rule.countries or asked.country in rule.countries)
    )
