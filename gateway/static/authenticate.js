// The bank's page of a test: tells the outcome, then sends the customer back to the shop.
const address = location.pathname;
const payment = address.split("/").at(-2);
const told = document.querySelector("main").dataset.payment;
const find = (id) => document.getElementById(id);

async function lookUp() {
  const answer = await fetch(`/api/v1/payments/${payment}`);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail);
  return body;
}

async function ask() {
  const resource = told ? JSON.parse(told) : await lookUp();
  find("question").textContent = `Approve ${resource.amount} ${resource.currency} (minor units)?`;
  return resource;
}

async function tell(outcome, returnUrl) {
  find("succeed").disabled = find("fail").disabled = true;
  const answer = await fetch(address + location.search, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ outcome }),
  });
  const body = await answer.json();
  find("result").textContent = answer.ok ? `The payment is ${body.status}.` : body.detail;
  if (returnUrl) setTimeout(() => location.assign(returnUrl), 1000);
}

ask().then(
  ({ return_url }) => {
    const returnUrl = return_url ?? sessionStorage.getItem(address);
    for (const outcome of ["succeed", "fail"]) {
      find(outcome).addEventListener("click", () => tell(outcome, returnUrl));
      find(outcome).disabled = false; // until somebody listens a click would be lost
    }
  },
  (reason) => { find("result").textContent = reason.message; },
);
