// The figures of the analysis, to explore: read time, value and numbers at risk; show or hide a group; go from a step to
// its rows. Without this file the page shows the same figure as a picture, and the same numbers as tables.
import uPlot from "../vendor/uplot-1.6.32.esm.js";

const place = document.querySelector(".live");
const source = document.getElementById("figure-data");
if (place && source) draw(place, JSON.parse(source.textContent));

// What takes long says that it is at work, and for how long.
let ticking;
for (const one of document.querySelectorAll("[data-working]")) {
  one.addEventListener(one.tagName === "FORM" ? "submit" : "click", () => {
    const said = (one.tagName === "FORM" ? one : one.parentElement).querySelector(".working");
    const began = Date.now();
    const tell = () => { said.textContent = `${one.dataset.working} … ${Math.round((Date.now() - began) / 1000)} s`; };
    tell();
    clearInterval(ticking);
    ticking = setInterval(tell, 1000);
  });
}
window.addEventListener("pageshow", () => {
  clearInterval(ticking);
  for (const said of document.querySelectorAll(".working")) said.textContent = "";
});

function draw(place, figure) {
  const curves = figure.curves.filter((curve) => curve.time.length);
  if (!curves.length) return;
  const words = place.dataset;
  const means = figure.kind === "means";
  const start = figure.kind === "incidence" ? 0 : 1;
  const banded = figure.kind === "intervals";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colours = [colour("--arm-a"), colour("--arm-b"), colour("--good"), colour("--warn")];
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
  const ink = colour("--ink"), line = colour("--line");
  const times = [...new Set([...(means ? [] : [0]), ...curves.flatMap((curve) => curve.time)])].sort((a, b) => a - b);
  const data = [times];
  const series = [{ label: words.x }];
  const bands = [];

  curves.forEach((curve, index) => {
    const first = series.length;
    const rows = times.map((time) => (means ? exactly(curve, time) : carried(curve, time, start)));
    for (const column of ["value", "lower", "upper"]) {
      data.push(rows.map((row) => (row ? row[column] : null)));
      const main = column === "value";
      series.push({
        label: curve.label, stroke: main ? colours[index % 4] : "transparent", width: main ? 2 : 0, spanGaps: means,
        dash: dashes[index % 4], points: { show: means && main, size: 7, fill: colours[index % 4] },
        ...(means ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }),
      });
    }
    bands.push({ series: [first + 2, first + 1], fill: `${colours[index % 4]}22` });
  });

  const said = Object.assign(document.createElement("p"), { className: "said" });
  const last = times.at(-1);
  const slider = Object.assign(document.createElement("input"), {
    type: "range", min: means ? times[0] : 0, max: last, step: last / 200, value: means ? times[0] : 0, className: "slider",
  });
  slider.setAttribute("aria-label", words.cursor);
  const canvas = document.createElement("div");
  const toggles = document.createElement("div");
  toggles.className = "actions";
  toggles.setAttribute("role", "group");
  toggles.setAttribute("aria-label", words.toggle);
  place.append(toggles, canvas, slider, said);

  const hidden = new Set();
  const rowsOf = (curve, ask) => {
    const query = new URLSearchParams(curve.id === "all" ? ask : { ...ask, group: curve.id });
    return `${words.rows}${words.rows.includes("?") ? "&" : "?"}${query}`;
  };
  const link = (count, text, address) => (count ? Object.assign(document.createElement("a"), { textContent: text, href: address }) : text);
  const tell = (time) => {
    said.replaceChildren(`${time.toFixed(1)} ${words.at}`);
    curves.forEach((curve, index) => {
      if (hidden.has(index)) return;
      const row = means ? nearest(curve, time) : carried(curve, time, start);
      const shown = document.createElement("span");
      shown.className = "read";
      shown.dataset.arm = String(index % 4);
      shown.append(`${curve.label} `);
      if (!row || row.value === null) { shown.append("–"); said.append(shown); return; }
      shown.append(Object.assign(document.createElement("strong"), { textContent: row.value.toFixed(means ? 1 : 2) }));
      if (row.lower !== null && row.upper !== null && (row.lower !== row.upper)) shown.append(` (${row.lower.toFixed(means ? 1 : 2)} ${words.to} ${row.upper.toFixed(means ? 1 : 2)})`);
      if (means) {
        shown.append(", ", link(row.n, `n ${row.n}`, rowsOf(curve, { tag: `visit:${row.visit}` })));
      } else if (!banded) {
        shown.append(", ", link(riskAt(curve, time), `${riskAt(curve, time)} ${words.risk}`, rowsOf(curve, { since: time })), ", ",
          link(eventsBy(curve, time), `${eventsBy(curve, time)} ${words.events}`, rowsOf(curve, { tag: "event", until: time })));
        const step = lastStep(curve, time);
        if (step) shown.append(", ", link(1, words.step, rowsOf(curve, { tag: "event", after: step - 1e-6, until: step + 1e-6 })));
      }
      said.append(shown);
    });
    slider.setAttribute("aria-valuetext", said.textContent);
  };

  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, font: "12px system-ui" };
  let held = false;
  place.hidden = false;
  const plot = new uPlot({
    width: place.clientWidth, height: Math.round(Math.max(260, Math.min(460, place.clientWidth * 0.58))),
    scales: { x: { time: false, range: means ? [Math.min(0, times[0]) - 1, last + 2] : [0, last] }, y: { range: span(figure, data) } },
    axes: [{ ...axis, label: words.x, labelSize: 24 }, { ...axis, label: figure.axis, labelSize: 24, size: 52 }],
    legend: { show: false }, cursor: { y: false, drag: { x: false, y: false } }, series, bands,
    hooks: { setCursor: [(u) => { if (u.cursor.left >= 0 && !held) { const time = u.posToVal(u.cursor.left, "x"); slider.value = time; tell(time); } }] },
  }, data, canvas);
  // A click holds the reading still, so that its links can be reached; a second click lets go.
  canvas.title = words.hold;
  canvas.addEventListener("click", () => { held = !held; said.classList.toggle("held", held); });

  curves.forEach((curve, index) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "second group-toggle" });
    button.dataset.arm = String(index % 4);
    button.append(curve.label);
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      const show = hidden.delete(index) || (hidden.add(index), false);
      button.setAttribute("aria-pressed", String(show));
      for (const offset of [1, 2, 3]) plot.setSeries(index * 3 + offset, { show });
      tell(Number(slider.value));
    });
    if (curves.length > 1) toggles.append(button);
  });
  if (curves.length === 1) toggles.hidden = true;
  slider.addEventListener("input", () => {
    const time = Number(slider.value);
    plot.setCursor({ left: plot.valToPos(time, "x"), top: 20 }, false);
    tell(time);
  });
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: plot.height })).observe(place);
  place.closest(".explore").classList.add("is-live");
  tell(Number(slider.value));
}

// The curve's values at a time: those of the last step before it; nothing after the last follow-up.
function carried(curve, time, start) {
  if (time > curve.time.at(-1)) return null;
  let row = { value: start, lower: start, upper: start };
  for (let step = 0; step < curve.time.length && curve.time[step] <= time; step += 1) {
    const value = curve.value[step];
    row = { value, lower: curve.lower[step] ?? (start ? 0 : value), upper: curve.upper[step] ?? value };
  }
  return row;
}

function exactly(curve, time) {
  const at = curve.time.indexOf(time);
  return at < 0 ? null : row(curve, at);
}

function nearest(curve, time) {
  const far = curve.time.map((one) => Math.abs(one - time));
  return row(curve, far.indexOf(Math.min(...far)));
}

function row(curve, at) {
  return { value: curve.value[at], lower: curve.lower[at], upper: curve.upper[at], n: curve.n[at], visit: curve.visit[at] };
}

function riskAt(curve, time) {
  const step = curve.time.findIndex((one) => one >= time);
  return step < 0 ? 0 : curve.at_risk[step];
}

function eventsBy(curve, time) {
  return curve.events.reduce((sum, count, step) => (curve.time[step] <= time ? sum + count : sum), 0);
}

function lastStep(curve, time) {
  return curve.time.findLast((one, step) => one <= time && curve.events[step] > 0);
}

// Survival from 0 to 1; an incidence as high as it goes; means with room around their limits.
function span(figure, data) {
  if (figure.kind === "survival" || figure.kind === "intervals") return [0, 1.02];
  const values = data.slice(1).flat().filter((one) => one !== null && Number.isFinite(one));
  if (figure.kind === "incidence") return [0, Math.min(1.02, Math.max(0.25, 1.15 * Math.max(0, ...values)))];
  const low = Math.min(0, ...values), high = Math.max(0, ...values), room = 0.1 * (high - low || 10);
  return [low - room, high + room];
}
