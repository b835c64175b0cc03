// The design page, alive: sliders beside the numbers, figures redrawn while one drags, designs saved in this browser.
// Without this file the form asks the server and the page shows the same figures as pictures.
import uPlot from "../vendor/uplot-1.6.32.esm.js";

const form = document.querySelector(".explorer");
const first = document.getElementById("design-answer");
const page = document.querySelector(".drawn");
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let current = first ? JSON.parse(first.textContent) : null;
let figures = null;
let kept = [];

if (form) {
  sliders();
  if (current) { figures = draw(current); saved(); glance(current); }
}

// SLIDERS AND ANSWERS
function sliders() {
  for (const slider of form.querySelectorAll("input[type=range]")) {
    const number = form.elements[slider.dataset.for];
    slider.hidden = false;
    slider.addEventListener("input", () => { number.value = slider.value; ask(); });
    number.addEventListener("input", () => { slider.value = number.value; ask(); });
  }
  form.elements.spending.addEventListener("change", ask);
  form.addEventListener("submit", (event) => { if (figures) { event.preventDefault(); ask(); } });
  form.querySelector(".work-out").hidden = Boolean(current);
}

const question = () => new URLSearchParams(new FormData(form)).toString();
let asking = false;
let again = false;

// One question at a time: what is moved meanwhile is asked when the answer has come.
async function ask() {
  if (!figures) return;
  if (asking) { again = true; return; }
  asking = true;
  form.closest(".explore").classList.add("is-working");
  const asked = question();
  const answer = await fetch(`${form.dataset.answer}?${asked}`, { headers: { Accept: "application/json" } }).catch(() => null);
  const found = answer && (answer.ok || answer.status === 422) ? await answer.json().catch(() => null) : null;
  show(found, asked, Boolean(answer?.ok));
  asking = false;
  form.closest(".explore").classList.remove("is-working");
  if (again) { again = false; ask(); }
}

function show(found, asked, worked) {
  const problem = page.querySelector(".problem");
  const said = found ? found.problem ?? "" : form.dataset.unreachable;
  problem.textContent = said; problem.hidden = !said;
  for (const place of form.querySelectorAll(".field-error")) {
    const text = found?.faults?.[place.id.slice(2)] ?? "";
    place.textContent = text; place.hidden = !text;
    place.closest(".field").classList.toggle("has-error", Boolean(text));
  }
  if (!worked || !found) return;
  current = found;
  window.history.replaceState(null, "", `?${asked}`);
  const text = page.querySelector(".said");
  text.replaceChildren(...found.notes.map((note) => element("p", note, "warning")), element("p", found.said, "print"));
  for (const link of page.querySelectorAll("[data-take]")) {
    link.href = `${form.dataset[link.dataset.take]}?${asked}${link.dataset.take === "section" ? "" : "&download=1"}`;
  }
  rows(page.querySelector(".looks tbody"), found.looks, 1);
  rows(page.querySelector(".powers tbody"), found.powers, 0);
  figures.update(found);
  glance(found);
}

// Where the figures lie below the sliders, the main numbers stay in sight.
function glance(found) {
  const place = document.querySelector(".at-a-glance");
  const percent = (value) => `${(100 * value).toFixed(0)} %`;
  const { power, simulated, month } = found.summary;
  const parts = [`${place.dataset.simulated} ${percent(simulated)}`];
  if (power != null) parts.unshift(`${place.dataset.power} ${percent(power)}`);
  if (month != null) parts.push(`${place.dataset.month} ${month.toFixed(1)}`);
  place.textContent = parts.join(" · ");
  place.hidden = false;
}

function rows(body, table, numbersFrom) {
  body.replaceChildren(...table.map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells.map((cell, place) => element("td", cell, place >= numbersFrom ? "number" : "")));
    return row;
  }));
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

// FIGURES
function draw(found) {
  const ink = style("--ink"), line = style("--line"), a = style("--arm-a"), b = style("--arm-b"), quiet = style("--ink-quiet");
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, font: "12px system-ui", labelFont: "12px system-ui", labelSize: 20 };
  const plots = [];

  function plot(id, options, columns, rest) {
    const place = document.getElementById(id);
    place.hidden = false;
    place.nextElementSibling.hidden = true;
    const height = () => Math.round(Math.max(220, Math.min(320, place.clientWidth * 0.56)));
    const made = new uPlot({
      width: place.clientWidth, height: height(), cursor: { drag: { x: false, y: false } }, ...options,
      axes: [{ ...axis, label: place.dataset.x }, { ...axis, label: place.dataset.y, size: 48, ...options.vertical }],
      hooks: { ...options.hooks, setCursor: [(u) => { if (u.cursor.idx == null) resting(u, rest); }] },
    }, columns(found), place);
    resting(made, rest);
    new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: height() })).observe(place);
    plots.push([made, columns, rest]);
    return place.dataset;
  }

  // Where nobody points, the legend gives the numbers of the design itself.
  function resting(u, rest) {
    const at = rest(current);
    if (at == null) return;
    const nearest = u.data[0].reduce((best, value, place) => (Math.abs(value - at) < Math.abs(u.data[0][best] - at) ? place : best), 0);
    u.setLegend({ idx: nearest }, false);
  }

  const words = (id) => document.getElementById(id).dataset;
  const percent = (_, value) => (value == null ? "–" : `${(100 * value).toFixed(0)} %`);
  const fixed = (digits) => (_, value) => (value == null ? "–" : value.toFixed(digits));

  const marks = (u) => {
    const { ctx } = u;
    kept.forEach((one, place) => beside(u, one, place));
    ctx.save();
    ctx.strokeStyle = b; ctx.fillStyle = b; ctx.lineWidth = 1.5 * devicePixelRatio;
    for (const [at, value, low, high] of [...current.points, current.chosen]) {
      const x = u.valToPos(at, "x", true);
      if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
      ctx.beginPath(); ctx.moveTo(x, u.valToPos(low, "y", true)); ctx.lineTo(x, u.valToPos(high, "y", true)); ctx.stroke();
      ctx.beginPath(); ctx.arc(x, u.valToPos(value, "y", true), 3.5 * devicePixelRatio, 0, 2 * Math.PI); ctx.fill();
    }
    upright(u, current.chosen[0], b);
    ctx.restore();
  };
  // A saved design's power curve, thin; its name with its line in the corner that a falling curve leaves free.
  const beside = (u, one, place) => {
    const { ctx, bbox } = u;
    const inside = (one.curve ?? []).filter(([at]) => at >= u.scales.x.min && at <= u.scales.x.max);
    if (inside.length < 2 || !inside.every((row) => row.every(Number.isFinite))) return;
    ctx.save(); ctx.strokeStyle = quiet; ctx.fillStyle = ink; ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([[2, 2], [6, 2], [8, 2, 2, 2], [1, 3]][place % 4].map((part) => part * devicePixelRatio));
    ctx.beginPath();
    for (const [at, value] of inside) ctx.lineTo(u.valToPos(at, "x", true), u.valToPos(value, "y", true));
    ctx.stroke();
    const y = bbox.top + bbox.height - (12 + 14 * (kept.length - 1 - place)) * devicePixelRatio;
    const x = bbox.left + 8 * devicePixelRatio;
    ctx.beginPath(); ctx.moveTo(x, y); ctx.lineTo(x + 24 * devicePixelRatio, y); ctx.stroke();
    ctx.font = `${11 * devicePixelRatio}px system-ui`; ctx.textAlign = "left"; ctx.textBaseline = "middle";
    ctx.fillText(one.name, x + 30 * devicePixelRatio, y);
    ctx.restore();
  };
  const upright = (u, at, colour, label = "") => {
    const x = u.valToPos(at, "x", true), { ctx, bbox } = u;
    if (at == null || x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.save(); ctx.strokeStyle = colour; ctx.lineWidth = devicePixelRatio; ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
    const wide = ctx.measureText(label).width > bbox.left + bbox.width - x - 8 * devicePixelRatio;
    ctx.fillStyle = colour; ctx.textAlign = wide ? "right" : "left"; ctx.textBaseline = "bottom"; ctx.font = `${11 * devicePixelRatio}px system-ui`;
    ctx.fillText(label, x + (wide ? -4 : 4) * devicePixelRatio, bbox.top + bbox.height - 4 * devicePixelRatio); ctx.restore();
  };
  const level = (u, at) => {
    const y = u.valToPos(at, "y", true), { ctx, bbox } = u;
    ctx.save(); ctx.strokeStyle = quiet; ctx.lineWidth = devicePixelRatio; ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath(); ctx.moveTo(bbox.left, y); ctx.lineTo(bbox.left + bbox.width, y); ctx.stroke(); ctx.restore();
  };

  const power = words("live-power");
  plot("live-power", {
    scales: { x: { time: false }, y: { range: [0, 1.02] } },
    series: [
      { label: power.x, value: fixed(2) },
      { label: power.closed, stroke: a, width: 2, value: percent, points: { show: false } },
      { label: power.simulated, stroke: b, width: 0, value: percent, paths: () => null, points: { show: false } },
    ],
    hooks: { draw: [marks] },
  }, (one) => {
    const measured = new Map(one.points.map(([at, value]) => [at, value]));
    measured.set(one.chosen[0], one.chosen[1]);
    return [one.curve.map((row) => row[0]), one.curve.map((row) => row[1]), one.curve.map((row) => measured.get(row[0]) ?? null)];
  }, (one) => one.chosen[0]);

  const calendar = words("live-calendar");
  plot("live-calendar", {
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(high ?? 1, current.target) * 1.1] } },
    series: [
      { label: calendar.x, value: fixed(0) },
      { label: calendar.participants, stroke: quiet, width: 2, dash: [8, 4], value: fixed(0), points: { show: false } },
      { label: calendar.events, stroke: a, width: 2, value: fixed(1), points: { show: false } },
    ],
    hooks: { draw: [(u) => { level(u, current.target); upright(u, current.planned_end, quiet, calendar.end); upright(u, current.month, a); }] },
  }, (one) => one.calendar, (one) => one.month);

  const bounds = words("live-boundaries");
  const point = { show: true, size: 8 };
  plot("live-boundaries", {
    scales: { x: { time: false, range: (_, low, high) => [0, (high ?? 1) * 1.08] }, y: { range: (_, low, high) => [Math.min(0, low ?? 0) - 0.4, (high ?? 1) + 0.4] } },
    series: [
      { label: bounds.x, value: fixed(0) },
      { label: bounds.efficacy, stroke: a, width: 2, spanGaps: true, value: fixed(3), points: { ...point, fill: a } },
      { label: bounds.futility, stroke: b, width: 2, dash: [8, 4], spanGaps: true, value: fixed(3), points: { ...point, fill: b } },
    ],
  }, (one) => [0, 1, 2].map((column) => one.bounds.map((row) => row[column])), (one) => one.bounds.at(-1)[0]);

  return {
    update(one) { for (const [made, columns, rest] of plots) { made.setData(columns(one)); resting(made, rest); } },
  };
}

// SAVED DESIGNS
function saved() {
  const section = document.querySelector(".saved");
  const words = section.dataset;
  const table = section.querySelector(".compare");
  const name = section.querySelector("#design-name");
  const note = section.querySelector(".kept");
  let designs = [];
  try { designs = JSON.parse(localStorage.getItem(words.store) ?? "[]").filter(sound); } catch { designs = []; }
  section.hidden = false;

  const keep = (next) => {
    try { localStorage.setItem(words.store, JSON.stringify(next)); } catch { note.textContent = words.full; return; }
    designs = next; note.textContent = ""; list();
  };

  section.querySelector(".keep").addEventListener("submit", (event) => {
    event.preventDefault();
    const called = name.value.trim() || `${words.unnamed} ${designs.length + 1}`;
    const one = { name: called, query: question(), inputs: inputs(), summary: current.summary, curve: current.curve };
    keep([...designs.filter((other) => other.name !== called), one].slice(-8));
    name.value = "";
  });

  function inputs() {
    const labels = [...form.querySelectorAll(".field")].map((field) => field.querySelector("label").textContent);
    const values = [...form.querySelectorAll(".field")].map((field) => {
      const control = field.querySelector("[name]");
      return control.tagName === "SELECT" ? control.selectedOptions[0].textContent : control.value;
    });
    return labels.map((label, place) => [label, values[place]]);
  }

  function list() {
    kept = designs;
    figures.update(current);
    table.replaceChildren();
    if (!designs.length) return;
    const head = table.createTHead().insertRow();
    head.append(element("th", words.design));
    for (const one of designs) {
      const cell = element("th", "", "number");
      const link = element("a", one.name);
      link.href = `?${one.query}`;
      const remove = element("button", words.remove, "plain");
      remove.type = "button";
      remove.setAttribute("aria-label", `${words.remove}: ${one.name}`);
      remove.addEventListener("click", () => keep(designs.filter((other) => other !== one)));
      cell.append(link, document.createElement("br"), remove);
      head.append(cell);
    }
    const body = table.createTBody();
    const percent = (value) => (value == null ? "–" : `${(100 * value).toFixed(1)} %`);
    const months = (value) => (value == null ? "–" : value.toFixed(1));
    const compare = (label, values) => {
      const row = body.insertRow();
      const heading = element("th", label); heading.scope = "row";
      const differs = new Set(values).size > 1;
      row.append(heading, ...values.map((value) => element("td", value, differs ? "differs" : "")));
    };
    compare(words.power, designs.map((one) => percent(one.summary.power)));
    compare(words.simulated, designs.map((one) => percent(one.summary.simulated)));
    compare(words.month, designs.map((one) => months(one.summary.month)));
    compare(words.duration, designs.map((one) => months(one.summary.duration)));
    designs[0].inputs.forEach(([label], place) => compare(label, designs.map((one) => one.inputs[place]?.[1] ?? "–")));
  }
  list();
}

// What lies in the browser's store may be anything; only what has the shape of a saved design is shown.
function sound(one) {
  return one && typeof one.name === "string" && typeof one.query === "string" && Array.isArray(one.inputs) && one.summary && typeof one.summary === "object";
}
