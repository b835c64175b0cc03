// The assessment grid: typing is the only work. Sums and responses come from the server as one types.
const form = document.querySelector("form.assessment");
const sizes = [...form.querySelectorAll("[data-mm]")];
const row = (control) => control.closest("tr");

const fold = (state) => {
  const partner = row(state).querySelector("[data-with]");
  partner.hidden = state.value !== "coalesced";
  const size = row(state).querySelector("[data-mm]");
  size.classList.toggle("unused", ["absent", "too_small", "not_evaluated"].includes(state.value));
};
for (const state of form.querySelectorAll("[data-state]")) { state.addEventListener("change", () => fold(state)); fold(state); }

for (const [index, size] of sizes.entries()) {
  size.addEventListener("input", () => {
    const state = row(size).querySelector("[data-state]");
    if (size.value.trim() && ["", "absent", "too_small", "not_evaluated"].includes(state.value)) { state.value = "measured"; fold(state); }
  });
  size.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Tab: event.shiftKey ? -1 : 1 }[event.key];
    const next = step && sizes[index + step];
    if (next) { event.preventDefault(); next.focus(); next.select(); }
    if (event.key === "ArrowLeft" && size.selectionStart === 0) { event.preventDefault(); row(size).querySelector("[data-state]").focus(); }
  });
}

form.addEventListener("equipoise:checked", (event) => {
  const { summary, implausible, misplaced } = event.detail;
  for (const place of form.querySelectorAll("[data-live]")) place.textContent = summary[place.dataset.live] || "–";
  form.querySelector("[data-misplaced]").replaceChildren(...misplaced.map((says) => {
    const line = document.createElement("li");
    line.className = "warning";
    line.textContent = says;
    return line;
  }));
  form.querySelector("[data-disagrees]").hidden = !summary.disagrees;
  form.querySelector("[data-implausible]").hidden = !implausible;
});
