// Ways of randomizing: one method is asked for at a time, so that the page can say how far it is; then it opens whole.
// Without this file the form opens the page directly and the browser waits.
const form = document.querySelector(".comparing");
const button = form.querySelector("button");
const working = form.querySelector(".working");
const bar = working.querySelector("progress");
const said = working.querySelector("[data-said]");
const problem = document.querySelector(".problem");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = new URLSearchParams(new FormData(form)).toString();
  button.disabled = true;
  problem.hidden = true;
  for (;;) {
    const answer = await fetch(`${form.dataset.step}?${question}`, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = answer && (answer.ok || answer.status === 422) ? await answer.json().catch(() => null) : null;
    if (!answer?.ok || !found) { refused(found); return; }
    working.hidden = false;
    bar.max = found.methods;
    bar.value = found.done;
    said.textContent = `${said.dataset.said} ${found.done} / ${found.methods}`;
    if (found.done >= found.methods) { window.location.assign(`?${found.query}`); return; }
  }
});

// What was typed stays; what is wrong stands beside it.
function refused(found) {
  button.disabled = false;
  working.hidden = true;
  const text = found ? found.problem ?? "" : form.dataset.unreachable;
  problem.textContent = text;
  problem.hidden = !text;
  for (const place of form.querySelectorAll(".field-error")) {
    const fault = found?.faults?.[place.id.slice(2)] ?? "";
    place.textContent = fault;
    place.hidden = !fault;
    place.closest(".field").classList.toggle("has-error", Boolean(fault));
  }
  form.querySelector(".has-error [name]")?.focus();
}

// Coming back by the browser's button finds the form ready again.
window.addEventListener("pageshow", () => { button.disabled = false; working.hidden = true; });
