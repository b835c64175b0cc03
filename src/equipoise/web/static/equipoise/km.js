// The Kaplan-Meier figure, to explore: read time, survival and numbers at risk; show or hide an arm.
// Without this file the page shows the same figure as a picture, and the same numbers as tables.
import uPlot from "../vendor/uplot-1.6.32.esm.js";

const place = document.querySelector(".km-live");
const source = document.getElementById("km-data");
if (place && source) draw(place, JSON.parse(source.textContent));

function draw(place, curves) {
  if (!curves.length) return;
  const words = place.dataset;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colours = [colour("--arm-a"), colour("--arm-b"), colour("--good"), colour("--warn")];
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
  const ink = colour("--ink"), line = colour("--line");
  const times = [...new Set([0, ...curves.flatMap((curve) => curve.time)])].sort((a, b) => a - b);
  const data = [times];
  const series = [{ label: words.months }];
  const bands = [];
  const name = (curve) => curve.label || words.all;

  curves.forEach((curve, index) => {
    const at = times.map((time) => carried(curve, time));
    const first = series.length;
    for (const column of ["survival", "lower", "upper"]) {
      data.push(at.map((row) => (row ? row[column] : null)));
      const main = column === "survival";
      series.push({
        label: name(curve), stroke: main ? colours[index % 4] : "transparent", width: main ? 2 : 0,
        dash: dashes[index % 4], paths: uPlot.paths.stepped({ align: 1 }), points: { show: false },
      });
    }
    bands.push({ series: [first + 2, first + 1], fill: `${colours[index % 4]}22` });
  });

  const said = document.createElement("p");
  said.className = "km-said";
  const slider = Object.assign(document.createElement("input"), {
    type: "range", min: 0, max: times.at(-1), step: times.at(-1) / 200, value: 0, className: "km-slider",
  });
  slider.setAttribute("aria-label", words.cursor);
  const canvas = document.createElement("div");
  const toggles = document.createElement("div");
  toggles.className = "actions";
  toggles.setAttribute("role", "group");
  toggles.setAttribute("aria-label", words.toggle);
  place.append(toggles, canvas, slider, said);

  const hidden = new Set();
  const tell = (time) => {
    const parts = curves.filter((_, index) => !hidden.has(index)).map((curve) => {
      const row = carried(curve, time);
      return `${name(curve)} ${row ? row.survival.toFixed(2) : "–"} (${row ? riskAt(curve, time) : 0} ${words.risk})`;
    });
    said.textContent = `${time.toFixed(1)} ${words.at}: ${parts.join("; ")}`;
    slider.setAttribute("aria-valuetext", said.textContent);
  };
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, font: "12px system-ui" };
  place.hidden = false;
  const plot = new uPlot({
    width: place.clientWidth, height: Math.round(Math.max(260, Math.min(460, place.clientWidth * 0.58))),
    scales: { x: { time: false, range: [0, times.at(-1)] }, y: { range: [0, 1.02] } },
    axes: [{ ...axis, label: words.months, labelSize: 24 }, { ...axis, label: words.survival, labelSize: 24, size: 48 }],
    legend: { show: false }, cursor: { y: false, drag: { x: false, y: false } }, series, bands,
    hooks: { setCursor: [(u) => { if (u.cursor.left >= 0) { const time = u.posToVal(u.cursor.left, "x"); slider.value = time; tell(time); } }] },
  }, data, canvas);

  curves.forEach((curve, index) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "second km-arm" });
    button.dataset.arm = String(index % 4);
    button.append(name(curve));
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
  place.closest(".km").classList.add("is-live");
  tell(0);
}

// The curve's values at a time: those of the last step before it; nothing after the last follow-up.
function carried(curve, time) {
  if (time > curve.time.at(-1)) return null;
  let row = { survival: 1, lower: 1, upper: 1 };
  for (let step = 0; step < curve.time.length && curve.time[step] <= time; step += 1) {
    row = { survival: curve.survival[step], lower: curve.lower[step] ?? 0, upper: curve.upper[step] ?? 1 };
  }
  return row;
}

function riskAt(curve, time) {
  const step = curve.time.findIndex((one) => one >= time);
  return step < 0 ? 0 : curve.at_risk[step];
}
