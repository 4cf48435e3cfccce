"""The words of an invoice's own page, per language; English where a language is not here."""

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, str]] = {
    "open": "Open",
    "paid": "Paid",
    "void": "Void",
    "uncollectible": "Uncollectible",
    "to_pay": "{amount} to pay",
    "nothing": "Nothing is left to pay.",
    "not_asked": "This invoice is void: nothing is to be paid.",
    "download": "Download PDF",
    "method": "Payment method",
    "pay": "Pay {amount}",
    "paying": "Paying …",
    "failed": "The payment did not succeed.",
    "confirm": "Confirm the payment",
    "script": "Paying on this page needs JavaScript.",
    "elsewhere": "To pay by card, open the link that the seller sent you, or write to the seller.",
    "test": "Test: no money moves.",
    "rows_left": "{count} more lines are in the PDF.",
}

_GERMAN: Final[Mapping[str, str]] = {
    "open": "Offen",
    "paid": "Bezahlt",
    "void": "Storniert",
    "uncollectible": "Uneinbringlich",
    "to_pay": "{amount} zu zahlen",
    "nothing": "Es ist nichts mehr zu zahlen.",
    "not_asked": "Diese Rechnung ist storniert: Es ist nichts zu zahlen.",
    "download": "PDF herunterladen",
    "method": "Zahlungsmittel",
    "pay": "{amount} bezahlen",
    "paying": "Wird bezahlt …",
    "failed": "Die Zahlung ist nicht gelungen.",
    "confirm": "Zahlung bestätigen",
    "script": "Bezahlen auf dieser Seite braucht JavaScript.",
    "elsewhere": "Um mit Karte zu zahlen, öffnen Sie den Link des Verkäufers, oder schreiben Sie ihm.",
    "test": "Test: Es fließt kein Geld.",
    "rows_left": "{count} weitere Zeilen stehen im PDF.",
}

_FRENCH: Final[Mapping[str, str]] = {
    "open": "À payer",
    "paid": "Payée",
    "void": "Annulée",
    "uncollectible": "Irrécouvrable",
    "to_pay": "{amount} à payer",
    "nothing": "Il ne reste rien à payer.",
    "not_asked": "Cette facture est annulée : rien n’est à payer.",
    "download": "Télécharger le PDF",
    "method": "Moyen de paiement",
    "pay": "Payer {amount}",
    "paying": "Paiement en cours …",
    "failed": "Le paiement n’a pas abouti.",
    "confirm": "Confirmer le paiement",
    "script": "Payer sur cette page demande JavaScript.",
    "elsewhere": "Pour payer par carte, ouvrez le lien du vendeur ou écrivez-lui.",
    "test": "Test : aucun argent ne circule.",
    "rows_left": "{count} autres lignes sont dans le PDF.",
}

_SPANISH: Final[Mapping[str, str]] = {
    "open": "Pendiente",
    "paid": "Pagada",
    "void": "Anulada",
    "uncollectible": "Incobrable",
    "to_pay": "{amount} por pagar",
    "nothing": "No queda nada por pagar.",
    "not_asked": "Esta factura está anulada: no hay nada que pagar.",
    "download": "Descargar PDF",
    "method": "Método de pago",
    "pay": "Pagar {amount}",
    "paying": "Pagando …",
    "failed": "El pago no se ha completado.",
    "confirm": "Confirmar el pago",
    "script": "Pagar en esta página requiere JavaScript.",
    "elsewhere": "Para pagar con tarjeta, abra el enlace del vendedor o escríbale.",
    "test": "Prueba: no se mueve dinero.",
    "rows_left": "{count} líneas más están en el PDF.",
}

_JAPANESE: Final[Mapping[str, str]] = {
    "open": "未払い",
    "paid": "支払い済み",
    "void": "無効",
    "uncollectible": "回収不能",
    "to_pay": "お支払い額 {amount}",
    "nothing": "お支払いの残額はありません。",
    "not_asked": "この請求書は無効です。お支払いは不要です。",
    "download": "PDFをダウンロード",
    "method": "支払い方法",
    "pay": "{amount} を支払う",
    "paying": "処理中です…",
    "failed": "お支払いが完了しませんでした。",
    "confirm": "お支払いを確認する",
    "script": "このページでのお支払いにはJavaScriptが必要です。",
    "elsewhere": "カードでのお支払いは、販売者のリンクを開くか、販売者にお問い合わせください。",
    "test": "テスト：実際の入出金はありません。",
    "rows_left": "残り {count} 行はPDFにあります。",
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "ja": _JAPANESE,
}
