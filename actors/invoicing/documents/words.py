"""The words of documents, per language; English where a language is not here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Braces are filled in: `{amount}`, `{date}`, `{name}`, `{page}`, `{pages}`."""

    invoice: str
    credit_note: str
    number: str
    issued_on: str
    due_on: str
    due_by: str
    period: str
    for_invoice: str
    bill_to: str
    tax_id: str
    description: str
    quantity: str
    unit_price: str
    tax: str
    amount: str
    subtotal: str
    discount: str
    tax_on: str
    included: str
    total: str
    from_wallet: str
    amount_due: str
    refunded: str
    to_wallet: str
    outside: str
    off_invoice: str
    reverse_charge: str
    page: str


ENGLISH = Words(
    invoice="Invoice",
    credit_note="Credit note",
    number="Number",
    issued_on="Date of issue",
    due_on="Due date",
    due_by="{amount} due {date}",
    period="Period",
    for_invoice="For invoice",
    bill_to="Bill to",
    tax_id="Tax ID",
    description="Description",
    quantity="Quantity",
    unit_price="Unit price",
    tax="Tax",
    amount="Amount",
    subtotal="Subtotal",
    discount="Discount",
    tax_on="{name} {percentage} on {amount}",
    included="{name} {percentage} on {amount}, included",
    total="Total",
    from_wallet="Paid from balance",
    amount_due="Amount due",
    refunded="Refunded",
    to_wallet="Credited to balance",
    outside="Returned outside",
    off_invoice="Deducted from the invoice",
    reverse_charge="Reverse charge: the recipient of the supply is liable for the tax.",
    page="Page {page} of {pages}",
)

_GERMAN = Words(
    invoice="Rechnung",
    credit_note="Rechnungskorrektur",
    number="Nummer",
    issued_on="Rechnungsdatum",
    due_on="Fällig am",
    due_by="{amount} fällig am {date}",
    period="Leistungszeitraum",
    for_invoice="Zur Rechnung",
    bill_to="Rechnung an",
    tax_id="USt-IdNr./St.-Nr.",
    description="Beschreibung",
    quantity="Menge",
    unit_price="Einzelpreis",
    tax="Steuer",
    amount="Betrag",
    subtotal="Zwischensumme",
    discount="Rabatt",
    tax_on="{name} {percentage} auf {amount}",
    included="{name} {percentage} auf {amount}, enthalten",
    total="Gesamtbetrag",
    from_wallet="Aus Guthaben bezahlt",
    amount_due="Zu zahlen",
    refunded="Erstattet",
    to_wallet="Dem Guthaben gutgeschrieben",
    outside="Anderweitig zurückgegeben",
    off_invoice="Von der Rechnung abgezogen",
    reverse_charge="Steuerschuldnerschaft des Leistungsempfängers.",
    page="Seite {page} von {pages}",
)

_FRENCH = Words(
    invoice="Facture",
    credit_note="Avoir",
    number="Numéro",
    issued_on="Date d’émission",
    due_on="Date d’échéance",
    due_by="{amount} à payer au plus tard le {date}",
    period="Période",
    for_invoice="Pour la facture",
    bill_to="Facturé à",
    tax_id="Identifiant fiscal",
    description="Description",
    quantity="Quantité",
    unit_price="Prix unitaire",
    tax="Taxe",
    amount="Montant",
    subtotal="Sous-total",
    discount="Remise",
    tax_on="{name} {percentage} sur {amount}",
    included="{name} {percentage} sur {amount}, incluse",
    total="Total",
    from_wallet="Payé par le solde",
    amount_due="Montant dû",
    refunded="Remboursé",
    to_wallet="Crédité au solde",
    outside="Rendu par ailleurs",
    off_invoice="Déduit de la facture",
    reverse_charge="Autoliquidation : la taxe est due par le preneur.",
    page="Page {page} sur {pages}",
)

_SPANISH = Words(
    invoice="Factura",
    credit_note="Factura rectificativa",
    number="Número",
    issued_on="Fecha de emisión",
    due_on="Fecha de vencimiento",
    due_by="{amount} a pagar hasta el {date}",
    period="Período",
    for_invoice="De la factura",
    bill_to="Facturar a",
    tax_id="NIF",
    description="Descripción",
    quantity="Cantidad",
    unit_price="Precio unitario",
    tax="Impuesto",
    amount="Importe",
    subtotal="Subtotal",
    discount="Descuento",
    tax_on="{name} {percentage} sobre {amount}",
    included="{name} {percentage} sobre {amount}, incluido",
    total="Total",
    from_wallet="Pagado con saldo",
    amount_due="Importe a pagar",
    refunded="Reembolsado",
    to_wallet="Abonado al saldo",
    outside="Devuelto por otra vía",
    off_invoice="Descontado de la factura",
    reverse_charge="Inversión del sujeto pasivo: el destinatario debe el impuesto.",
    page="Página {page} de {pages}",
)

_JAPANESE = Words(
    invoice="請求書",
    credit_note="クレジットノート",
    number="番号",
    issued_on="発行日",
    due_on="支払期日",
    due_by="{amount}（お支払期日 {date}）",
    period="対象期間",
    for_invoice="対象の請求書",
    bill_to="請求先",
    tax_id="登録番号",
    description="品目",
    quantity="数量",
    unit_price="単価",
    tax="税率",
    amount="金額",
    subtotal="小計",
    discount="割引",
    tax_on="{name} {percentage}（対象額 {amount}）",
    included="{name} {percentage}（対象額 {amount}・内税）",
    total="合計",
    from_wallet="残高からの支払い",
    amount_due="ご請求金額",
    refunded="返金額",
    to_wallet="残高への充当",
    outside="その他の返金",
    off_invoice="請求書からの減額",
    reverse_charge="リバースチャージ：本取引の税はサービスの受領者が納付します。",
    page="{page} / {pages} ページ",
)

_WORDS = {"en": ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH, "ja": _JAPANESE}
LANGUAGES = frozenset(_WORDS)


def words_of(language: str) -> Words:
    """In the language (`de`), or in English."""
    return _WORDS.get(language, ENGLISH)
