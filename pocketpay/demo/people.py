"""The customers: those who subscribe at some time, each by a clock, and those who only ever buy. Pure."""

from typing import Final, NamedTuple

from messages.wire import Json
from pocketpay.demo.steps import Step

VISA: Final = "pm_card_visa"
MASTERCARD: Final = "pm_card_mastercard"
NO_FUNDS: Final = "pm_card_chargeDeclinedInsufficientFunds"
EXPIRED: Final = "pm_card_chargeDeclinedExpiredCard"


class Person(NamedTuple):
    """`id` is the company's own; `clock` tells their time, `joins` is the day on which they take so many of a price."""

    id: str
    name: str
    country: str
    locale: str
    clock: str = ""
    joins: int = 0
    takes: str = ""
    quantity: int = 1
    card: str = VISA


SUBSCRIBERS: Final = (
    Person("ada-lovelace", "Ada Lovelace", "GB", "en", "one", 0, "team-usd", 3),
    Person("grace-hopper", "Grace Hopper", "US", "en", "one", 0, "business-usd", 12),
    Person("konrad-zuse", "Konrad Zuse", "DE", "de", "one", 10, "team-eur", 5),
    Person("sophie-germain", "Sophie Germain", "FR", "fr", "one", 40, "starter-eur", 1, MASTERCARD),
    Person("alan-turing", "Alan Turing", "GB", "en", "one", 70, "starter-usd"),
    Person("emmy-noether", "Emmy Noether", "DE", "de", "one", 100, "yearly-eur", 4),
    Person("blaise-pascal", "Blaise Pascal", "FR", "fr", "one", 140, "team-eur", 2),
    Person("edsger-dijkstra", "Edsger Dijkstra", "NL", "en", "two", 0, "business-eur", 8),
    Person("barbara-liskov", "Barbara Liskov", "US", "en", "two", 0, "calls-usd", 0, MASTERCARD),
    Person("leslie-lamport", "Leslie Lamport", "US", "en", "two", 30, "team-usd", 6),
    Person("margaret-hamilton", "Margaret Hamilton", "US", "en", "two", 60, "enterprise-usd"),
    Person("carl-friedrich-gauss", "Carl Friedrich Gauß", "DE", "de", "two", 90, "storage-eur", 0),
    Person("henri-poincare", "Henri Poincaré", "FR", "fr", "two", 120, "starter-eur"),
    Person("miguel-de-guzman", "Miguel de Guzmán", "ES", "es", "three", 0, "starter-eur"),
    Person("katherine-johnson", "Katherine Johnson", "US", "en", "three", 10, "support-usd"),
    Person("dennis-ritchie", "Dennis Ritchie", "US", "en", "three", 35, "team-usd", 10, MASTERCARD),
    Person("hedy-lamarr", "Hedy Lamarr", "AT", "de", "three", 60, "business-eur", 3),
    Person("goro-shimura", "志村 五郎", "JP", "ja", "three", 90, "texts-usd", 0),
    Person("niklaus-wirth", "Niklaus Wirth", "CH", "de", "three", 127, "audit-eur", 15),
    Person("radia-perlman", "Radia Perlman", "US", "en", "four", 0, "team-usd", 4),
    Person("ken-thompson", "Ken Thompson", "US", "en", "four", 20, "starter-usd"),
    Person("frances-allen", "Frances Allen", "US", "en", "four", 45, "business-usd", 5),
    Person("jean-bartik", "Jean Bartik", "US", "en", "four", 75, "yearly-usd", 6),
    Person("tony-hoare", "Tony Hoare", "GB", "en", "four", 110, "calls-eur", 0),
    Person("lise-meitner", "Lise Meitner", "AT", "de", "four", 175, "team-eur", 9, MASTERCARD),
)
"""A metered price is taken 0 times: it has no quantity."""

BUYERS: Final = (
    Person("mary-shelley", "Mary Shelley", "GB", "en"),
    Person("johannes-kepler", "Johannes Kepler", "DE", "de"),
    Person("emilie-du-chatelet", "Émilie du Châtelet", "FR", "fr"),
    Person("rosa-parks", "Rosa Parks", "US", "en"),
    Person("seki-takakazu", "関 孝和", "JP", "ja"),
)


def put(person: Person) -> Step:
    """Filled in, at the time of their clock if they have one."""
    body: Json = {
        "name": person.name,
        "email": f"{person.id}@customers.example",
        "address": {"country": person.country},
        "preferred_locales": [person.locale],
        "default_payment_method": person.card,
    }
    clock = {"test_clock": f"@clock:{person.clock}"} if person.clock else {}
    return Step(f"customer:{person.id}", f"/customers/{person.id}", body | clock, "PUT")
