// An invoice's own page: pays, and keeps its state as it is at the server. Reading works without it.
const LOOK_AGAIN_MS = 3000;
const address = location.pathname;
const state = () => document.getElementById("state");
let paying = false;

async function look() {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("state");
  if (!paying && fresh && fresh.textContent !== said) show(fresh);
}

let said = state().textContent;

function show(fresh) {
  said = fresh.textContent;
  state().replaceWith(document.adoptNode(fresh));
  begin();
}

async function pay(event) {
  event.preventDefault();
  const form = event.target;
  const [button, result] = [form.querySelector("button"), form.querySelector("#result")];
  paying = button.disabled = true;
  result.textContent = form.dataset.paying;
  try {
    const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const answer = await fetch(`${address}/pay`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify({ payment_method: new FormData(form).get("payment_method") }),
    });
    const body = await answer.json();
    result.textContent = answer.ok ? "" : `${form.dataset.failed} ${body.detail}`;
  } catch {
    result.textContent = form.dataset.failed;
  }
  paying = button.disabled = false;
  await look().catch(() => {});
}

function begin() {
  // The bank's page sends the customer back here; it is told in this tab alone, since the payment would tell everybody.
  const confirm = state().querySelector("a.button");
  if (confirm) sessionStorage.setItem(new URL(confirm.href).pathname, address);
  const form = document.getElementById("pay");
  if (!form) return;
  form.querySelector("button").disabled = false;
  form.addEventListener("submit", pay);
}

begin();
setInterval(() => {
  const { status } = state().dataset;
  if (!document.hidden && !paying && status !== "paid" && status !== "void") look().catch(() => {});
}, LOOK_AGAIN_MS);
