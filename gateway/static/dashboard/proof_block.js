// The proof of a balance: to take along, and to check offline with nothing of ours but the public key.
import { copyable, h } from "./elements.js";
import { get } from "./api.js";
import { amount } from "./amounts.js";
import { offer } from "./csv.js";
import { act } from "./one.js";
import { facts } from "./panel.js";
import { when } from "./times.js";
import { zipped } from "./zip.js";

const CHECKER = "/dashboard/check.py";

const howTo = (proof) => `Proof of what ${proof.account} held in ${proof.currency} at ${proof.at}.

    pip install cryptography
    python check.py proof.json --key "$(cat public-key.txt)"

public-key.txt is the key as the gateway told it. Compare it with the one that the operator has
published elsewhere (pocketpay ledger key): a proof is worth as much as the key it is checked with.
check.py is short and imports nothing of PocketPay: read it first.
`;

async function saveAll(proof, name) {
  const answer = await fetch(CHECKER);
  if (!answer.ok) throw new Error("The checker could not be fetched.");
  const files = { "proof.json": JSON.stringify(proof, null, 1), "public-key.txt": `${proof.head.public_key}\n`,
    "check.py": await answer.text(), "README.txt": howTo(proof) };
  offer(`${name}.zip`, zipped(files), "application/zip");
}

/** Of the account's balance in a currency, now or `at` a recorded time. */
export async function proofBlock(path, currency, at) {
  const proof = await get(`ledger/accounts/${path}/proof`, { currency, at });
  const name = `proof-${path.replaceAll(":", "-")}-${currency}`;
  const said = h("p", { class: "bad-text", role: "alert" });
  const zip = () => saveAll(proof, name).catch((problem) => { said.textContent = `✕ ${problem.message}`; });
  return h("div", {}, facts([
    ["Balance", amount(proof.balance, currency)], ["At", when(proof.at)], ["Entries until then", String(proof.version)],
    ["Signed head", `${proof.head.size.toLocaleString()} transactions`],
    ["Signed", when(proof.head.time)], ["Public key", copyable(proof.head.public_key)],
  ]), h("p", { class: "acts" }, act("Proof, key and checker (ZIP)", zip, ""),
  act("JSON alone", () => offer(`${name}.json`, JSON.stringify(proof, null, 1), "application/json")),
    h("a", { class: "button", href: CHECKER, download: "check.py" }, "The checker")), said,
  h("p", { class: "muted" }, "Whoever has the operator's public key can check offline that the balance was this, and that nothing before it was changed."));
}
