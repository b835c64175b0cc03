// Keys, and the few things a page cannot do without script. Every form works without this file.
const find = document.getElementById("find");
const keys = document.querySelector("dialog.keys");
const open = document.querySelector(".keys-open");
if (open && keys) { open.hidden = false; open.addEventListener("click", () => keys.showModal()); }

let waiting = "";
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const go = { t: "/", p: "/participants/" };
  if (waiting === "g" && go[event.key]) { window.location.assign(go[event.key]); }
  else if (event.key === "/" && find) { event.preventDefault(); find.focus(); }
  else if (event.key === "?" && keys) { keys.showModal(); }
  else if (event.key === "n") {
    const field = document.querySelector("main form input:not([type=hidden]):placeholder-shown, main form select:invalid, main form input:not([type=hidden])");
    if (field) { event.preventDefault(); field.focus(); }
  }
  waiting = event.key === "g" ? "g" : "";
});

// htmx: the CSRF token travels in a header; it is read when needed, since a cached page may hold an old one.
document.addEventListener("htmx:config:request", (event) => {
  const token = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  const request = event.detail.ctx?.request ?? event.detail.request;
  if (token && request?.headers) request.headers["X-CSRFToken"] = token.slice("csrftoken=".length);
});

// A second click on a submitted form does nothing; the key in the form makes sure of it on the server too.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.method === "dialog") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  window.addEventListener("pageshow", () => { delete form.dataset.sent; }, { once: true });
});

// Leaving a half-typed form asks first.
let typed = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-keep]")) typed = true; });
document.addEventListener("submit", () => { typed = false; });
window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });

// Not done / unknown: choosing one empties and folds the field; choosing neither brings it back.
document.addEventListener("change", (event) => {
  const absent = event.target.closest("[data-absent]");
  if (!absent) return;
  const field = absent.closest(".field");
  field.classList.toggle("is-absent", absent.value !== "");
});

// A table or figure wider than its frame scrolls, and does so by keyboard too: then it takes the focus and has a name.
const frames = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    if (target.scrollWidth <= target.clientWidth) {
      for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
      continue;
    }
    const named = target.querySelector("caption") ?? target.closest("section, main")?.querySelector("h1, h2, h3");
    target.tabIndex = 0;
    target.setAttribute("role", "region");
    target.setAttribute("aria-label", named?.textContent.trim() || document.title);
  }
});
const watch = () => { for (const frame of document.querySelectorAll(".table, figure")) frames.observe(frame); };
document.addEventListener("htmx:after:swap", watch);
watch();

// A timeline wider than the screen opens at today, and the names of its lanes stay in sight.
for (const today of document.querySelectorAll(".timeline .today")) {
  const frame = today.closest(".table");
  const drawing = today.ownerSVGElement;
  frame.addEventListener("scroll", () => {
    const along = frame.scrollLeft * drawing.viewBox.baseVal.width / drawing.clientWidth;
    for (const name of drawing.querySelectorAll(".lane")) name.setAttribute("transform", `translate(${along})`);
  });
  frame.scrollLeft = today.getBoundingClientRect().left - frame.getBoundingClientRect().left - frame.clientWidth * 0.7;
}

// A form that was sent is forgotten only when the next page says it was saved; what signing in says is not that.
const SENT = "equipoise:sent";
const fromSignIn = !document.referrer || new URL(document.referrer).pathname.startsWith("/accounts/");
if (!fromSignIn && document.querySelector(".note-success[role=status]") && sessionStorage.getItem(SENT)) {
  sessionStorage.removeItem(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
}
// What somebody typed is offered to nobody else: not after signing out, and not where a session ended by itself.
const PERSON = document.body.dataset.person;
for (const name of PERSON ? Object.keys(sessionStorage) : []) {
  if (name.startsWith("equipoise:") && name !== SENT && !name.startsWith(`equipoise:${PERSON}:`)) sessionStorage.removeItem(name);
}
for (const form of document.querySelectorAll('form[action$="/accounts/logout/"]')) {
  form.addEventListener("submit", () => sessionStorage.clear());
}

// A form asks the server, as one types, which questions apply and what cannot be right. Nothing is written by asking.
for (const form of document.querySelectorAll("form[data-check]")) {
  const store = `equipoise:${PERSON}:${window.location.pathname}:${form.querySelector("[name=seen]")?.value ?? ""}`;
  let timer = 0;
  let turn = 0;
  const check = async () => {
    const mine = ++turn;
    const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const said = await answer.json().catch(() => null);
    if (!said || mine !== turn) return; // what was typed since is being asked: an answer overtaken says nothing
    for (const field of form.querySelectorAll("[data-item]")) {
      const name = field.dataset.item;
      if (name in said.asked) field.hidden = !said.asked[name];
      const error = field.querySelector(".field-error");
      const finding = field.querySelector(".field-finding");
      error.textContent = said.errors[name] ?? ""; error.hidden = !said.errors[name];
      field.classList.toggle("has-error", name in said.errors);
      finding.textContent = said.findings[name] ?? ""; finding.hidden = !said.findings[name];
    }
    // What stood above when the page was opened is judged anew: beside the questions, and here where answers disagree.
    document.getElementById("findings")?.replaceChildren();
    form.querySelector(".inconsistent")?.replaceChildren(...(said.inconsistent ?? []).map((says) => {
      const line = document.createElement("p");
      line.className = "warning small";
      line.textContent = says;
      return line;
    }));
    form.dispatchEvent(new CustomEvent("equipoise:checked", { detail: said }));
  };
  const keep = () => {
    const pairs = [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "key", "seen", "password"].includes(name));
    sessionStorage.setItem(store, JSON.stringify(pairs));
    const mark = form.querySelector(".saved"); if (mark) mark.textContent = "…";
  };
  form.addEventListener("input", () => { keep(); clearTimeout(timer); timer = setTimeout(check, 350); });
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(check, 50); });
  // What was typed and never saved (an expired session, a closed lid) comes back, until a page says that it is saved.
  form.addEventListener("submit", () => { keep(); sessionStorage.setItem(SENT, store); });
  const kept = sessionStorage.getItem(store);
  if (kept && !document.querySelector(".error[role=alert]")) {
    for (const [name, value] of JSON.parse(kept)) {
      for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (control.type === "radio" || control.type === "checkbox") { if (control.value === value) control.checked = true; }
        else control.value = value;
      }
    }
    check();
  }
}
