// A simulated cluster to play with.
//
// The server runs a whole test in milliseconds and sends all of it; this page is the player. What
// somebody does to the cluster at some moment becomes a line of the schedule, and the test is run
// again with it: what was before that moment comes out the same, so the film goes on from there.
import { count, element, fetchJson, milliseconds, ratio } from "./common.js";

const at = (id) => document.getElementById(id);
const cluster = at("cluster");
const charts = at("charts");
const slider = at("time");

// What can be chosen, with the values of challenge 3d.
const OPTIONS = [
  ["strategy", "Strategy", { choices: ["rounds", "batched-tree", "tree", "reliable-flood", "flood"] }],
  ["max_latency_ms", "Budget, worst (ms)", { value: 600, min: 1 }],
  ["median_latency_ms", "Budget, median (ms)", { value: 400, min: 1 }],
  ["flush_ms", "Batch timeout (ms)", { value: 200, min: 1, only: "batched-tree" }],
  ["nodes", "Nodes", { value: 25, min: 1, max: 100 }],
  ["latency_ms", "Latency (ms)", { value: 100, min: 0 }],
  ["distribution", "distributed", { choices: ["constant", "uniform", "exponential"] }],
  ["rate", "Operations a second", { value: 100, min: 0.1, step: "any" }],
  ["seconds", "Seconds of load", { value: 20, min: 0.1, max: 120, step: "any" }],
  ["network", "Network", { choices: ["ideal", "maelstrom"] }],
  ["faults", "Faults", { choices: ["none", "partition", "chaos"] }],
  ["seed", "Seed", { value: 1, min: 0 }],
];
const BUDGET_ONLY = new Set(["max_latency_ms", "median_latency_ms"]);

let run = null; // what the server sent, and what was made from it
let now = 1.2e6; // microseconds since the first operation; at first, when messages are under way
let playing = false;
let chosen = []; // up to two nodes
let positions = [];
let asking = 0; // only the answer to the latest question counts

// --- Asking the server ---

function makeForm() {
  const form = at("options");
  for (const [name, title, how] of OPTIONS) {
    const field = how.choices
      ? element("select", { id: name }, ...how.choices.map((choice) => element("option", {}, choice)))
      : element("input", { id: name, type: "number", value: how.value, min: how.min ?? "", max: how.max ?? "", step: how.step ?? 1 });
    form.append(element("label", { htmlFor: name }, title), field);
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    if (event.target.id === "nodes") chosen = [];
    // A drawn schedule belongs to what it was drawn for.
    const keeps = !["nodes", "seconds", "seed", "faults"].includes(event.target.id);
    simulate(keeps && run ? run.schedule : undefined);
  });
}

function request(schedule) {
  const asked = {};
  for (const [name, , how] of OPTIONS) {
    asked[name] = how.choices ? at(name).value : Number(at(name).value);
  }
  if (schedule !== undefined) asked.schedule = schedule;
  return asked;
}

async function simulate(schedule) {
  const question = ++asking;
  const strategy = at("strategy").value;
  for (const [name, , how] of OPTIONS) {
    at(name).disabled = (how.only && how.only !== strategy) || (BUDGET_ONLY.has(name) && strategy !== "rounds");
  }
  try {
    const answer = await fetchJson("/api/simulate", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request(schedule)),
    });
    if (question !== asking) return;
    at("error").textContent = "";
    take(answer);
  } catch (error) {
    if (question === asking) at("error").textContent = String(error.message ?? error);
  }
}

// Makes what drawing one moment needs from the lists of the answer.
function take(answer) {
  const { messages, visible } = answer;
  const events = new Set([0]);
  for (const list of [messages.sent, messages.ended, visible.at]) for (const time of list) if (time >= 0) events.add(time);
  for (const fault of answer.faults) events.add(fault.at);
  answer.events = Float64Array.from(events).sort();
  answer.longestFlight = messages.sent.reduce((longest, sent, i) => Math.max(longest, messages.ended[i] - sent), 0);
  // When each node came to show its values, in order of time; and each value's nodes.
  answer.shownBy = answer.nodes.map(() => []);
  answer.values.forEach((value) => (value.journey = []));
  visible.at.forEach((time, i) => {
    answer.shownBy[visible.node[i]].push(time);
    answer.values[visible.value[i]]?.journey.push([time, visible.node[i]]);
  });
  answer.broadcastAt = answer.values.map((value) => value.at).sort((a, b) => a - b);
  run = answer;
  chosen = chosen.filter((node) => node < run.nodes.length);
  slider.max = run.end_us;
  at("schedule").value = run.schedule;
  const kept = at("value").value;
  at("value").replaceChildren(element("option", { value: "" }, "none chosen"),
    ...run.values.map((value, i) => element("option", { value: i }, value.text)));
  at("value").value = kept !== "" && Number(kept) < run.values.length ? kept : "";
  moveTo(Math.min(now, run.end_us));
  showFigures();
}

// --- Time ---

// How many of the ascending numbers are at most `limit`.
function countUpTo(numbers, limit) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function moveTo(time) {
  now = Math.max(0, Math.min(time, run ? run.end_us : 0));
  slider.value = now;
  at("clock").textContent = `${(now / 1e6).toFixed(3)} s`;
  draw();
  showNow();
  showChosen();
}

function play(on) {
  playing = on;
  at("play").textContent = on ? "Pause" : "Play";
  if (!on) return;
  if (run && now >= run.end_us) moveTo(0);
  let before = performance.now();
  const step = (time) => {
    if (!playing || !run) return;
    moveTo(now + (time - before) * 1000 * Number(at("speed").value));
    before = time;
    if (now >= run.end_us) play(false);
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function stepTo(direction) {
  if (!run) return;
  play(false);
  const place = countUpTo(run.events, now);
  if (direction > 0) moveTo(run.events[place] ?? run.end_us);
  else moveTo(run.events[place - 1] === now ? run.events[place - 2] ?? 0 : run.events[place - 1] ?? 0);
}

// --- What is done to the cluster ---

const UNITS = { ns: 1e-3, us: 1, ms: 1e3, s: 1e6, min: 6e7, h: 3.6e9 };

function timeOf(line) {
  const match = /^\s*(\d+(?:\.\d+)?)(ns|us|ms|s|min|h)\b/.exec(line);
  return match ? Number(match[1]) * UNITS[match[2]] : line.trim() === "0" ? 0 : -1; // a comment, or the first line
}

function intervene(what) {
  if (now >= run.load_us) {
    at("error").textContent = `All faults end with the load, at ${run.load_us / 1e6} s; go back in time.`;
    return;
  }
  const lines = run.schedule.split("\n").filter((line) => line.trim() !== "");
  let place = lines.length;
  while (place > 1 && timeOf(lines[place - 1]) > now) --place;
  lines.splice(place, 0, `${Math.round(now)}us ${what}`);
  simulate(lines.join("\n") + "\n");
}

const faultsNow = () => run.faults[countUpTo(run.faults.map((fault) => fault.at), now) - 1] ?? { cut: [], stalled: [], dead: [], frozen: [] };

function showChosen() {
  const buttons = [];
  const button = (text, what) => buttons.push(element("button", { type: "button", onclick: () => intervene(what) }, text));
  if (run && chosen.length > 0) {
    const { cut, dead, frozen } = faultsNow();
    const [a, b] = chosen.map((node) => run.nodes[node]);
    if (chosen.length === 1) {
      buttons.push(element("strong", {}, a));
      if (dead.includes(chosen[0])) button("Start again", `restart ${a}`);
      else button("Kill", `kill ${a}`);
      if (frozen.includes(chosen[0])) button("Thaw", `resume ${a}`);
      else button("Freeze", `pause ${a}`);
      const others = run.nodes.filter((name) => name !== a).join(",");
      if (others !== "") {
        button("Cut it off", `cut ${a} <-> ${others}`);
        button("Mend its links", `mend ${a} <-> ${others}`);
      }
    } else {
      const isCut = (from, to) => cut.some(([source, destination]) => source === from && destination === to);
      buttons.push(element("strong", {}, `${a} and ${b}`));
      button("Cut", `cut ${a} <-> ${b}`);
      button(`Cut ${a} → ${b}`, `cut ${a} -> ${b}`);
      button(`Cut ${b} → ${a}`, `cut ${b} -> ${a}`);
      if (isCut(chosen[0], chosen[1]) || isCut(chosen[1], chosen[0])) button("Mend", `mend ${a} <-> ${b}`);
    }
    buttons.push(element("button", { type: "button", onclick: () => { chosen = []; moveTo(now); } }, "Done"));
  }
  const state = JSON.stringify(buttons.map((made) => made.textContent));
  if (at("chosen").dataset.state === state) return; // so that a click finds its button while time goes on
  at("chosen").dataset.state = state;
  at("chosen").replaceChildren(...buttons);
}

// --- Drawing ---

function colours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(["paper", "panel", "line", "ink", "faint", "accent", "bad", "have", "unsure"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

// A canvas in the pixels of the screen; drawing is in CSS pixels.
function begin(canvas) {
  const scale = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

function draw() {
  if (!run) return;
  const { context, width, height } = begin(cluster);
  const colour = colours();
  const radius = Math.min(width, height) / 2 - 44;
  const size = Math.max(7, Math.min(20, (radius * Math.PI) / run.nodes.length / 1.5));
  positions = run.nodes.map((_, i) => {
    const angle = (2 * Math.PI * i) / run.nodes.length - Math.PI / 2;
    return [width / 2 + radius * Math.cos(angle), height / 2 + radius * Math.sin(angle)];
  });
  const { cut, stalled, dead, frozen } = faultsNow();
  const line = (from, to, stroke, thickness, dash = []) => {
    context.strokeStyle = stroke;
    context.lineWidth = thickness;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(...positions[from]);
    context.lineTo(...positions[to]);
    context.stroke();
    context.setLineDash([]);
  };
  // With many links cut (a partition) they are a backdrop, single ones stand out.
  context.globalAlpha = cut.length > 40 ? 0.12 : 0.8;
  for (const [from, to] of cut) line(from, to, colour.bad, 1, [4, 4]);
  context.globalAlpha = stalled.length > 40 ? 0.12 : 0.8;
  for (const [from, to] of stalled) line(from, to, colour.unsure, 1, [1, 4]);
  context.globalAlpha = 1;

  const { messages } = run;
  const last = countUpTo(messages.sent, now);
  for (let i = countUpTo(messages.sent, now - run.longestFlight - 1); i < last; ++i) {
    const ended = messages.ended[i];
    if (ended < now) continue;
    const part = ended > messages.sent[i] ? (now - messages.sent[i]) / (ended - messages.sent[i]) : 1;
    const [x0, y0] = positions[messages.from[i]];
    const [x1, y1] = positions[messages.to[i]];
    line(messages.from[i], messages.to[i], colour.line, 1);
    context.fillStyle = messages.lost[i] ? colour.bad : messages.values[i] > 0 ? colour.accent : colour.faint;
    context.beginPath();
    context.arc(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part, Math.min(6, 2.5 + Math.sqrt(messages.values[i]) / 2), 0, 7);
    context.fill();
  }

  const value = run.values[at("value").value === "" ? -1 : Number(at("value").value)];
  const broadcast = countUpTo(run.broadcastAt, now);
  context.textAlign = "center";
  context.textBaseline = "middle";
  run.nodes.forEach((name, node) => {
    const [x, y] = positions[node];
    const lacks = Math.max(0, broadcast - countUpTo(run.shownBy[node], now));
    const has = value ? value.journey.some(([time, who]) => who === node && time <= now) : lacks === 0;
    context.globalAlpha = dead.includes(node) ? 0.35 : 1;
    context.fillStyle = has ? colour.have : colour.panel;
    context.strokeStyle = chosen.includes(node) ? colour.accent : frozen.includes(node) ? colour.unsure : dead.includes(node) ? colour.bad : colour.faint;
    context.lineWidth = chosen.includes(node) ? 3 : frozen.includes(node) || dead.includes(node) ? 2.5 : 1;
    context.beginPath();
    context.arc(x, y, size, 0, 7);
    context.fill();
    if (!value && broadcast > 0 && lacks > 0) {
      // How much of what has been broadcast it has, as a part of the disc.
      context.fillStyle = colour.have;
      context.globalAlpha *= 0.55;
      context.beginPath();
      context.moveTo(x, y);
      context.arc(x, y, size, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.max(0, 1 - lacks / Math.max(50, Math.min(broadcast, 200))));
      context.fill();
      context.globalAlpha = dead.includes(node) ? 0.35 : 1;
    }
    context.beginPath();
    context.arc(x, y, size, 0, 7);
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = colour.ink;
    context.font = `${Math.max(10, Math.min(13, size))}px system-ui, sans-serif`;
    const out = size + 12;
    context.fillText(name, x + ((x - width / 2) / radius) * out, y + ((y - height / 2) / radius) * out);
    if (size >= 13 && !value && lacks > 0) context.fillText(dead.includes(node) ? "×" : String(lacks), x, y);
  });
  drawCharts(colour);
}

// Messages an operation in windows of a second, and how long each value took to be everywhere.
function drawCharts(colour) {
  const { context, width, height } = begin(charts);
  const end = Math.max(run.end_us, 1);
  const half = (height - 18) / 2;
  const x = (time) => 40 + ((width - 46) * time) / end;
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "top";

  const windows = new Float64Array(Math.ceil(end / 1e6));
  for (const sent of run.messages.sent) windows[Math.min(windows.length - 1, Math.floor(sent / 1e6))]++;
  const most = Math.max(1, ...windows);
  context.fillStyle = colour.accent;
  windows.forEach((messages, second) => {
    const tall = (half - 14) * (messages / most);
    context.globalAlpha = 0.7;
    context.fillRect(x(second * 1e6), half - tall, Math.max(1, x(1e6) - x(0) - 1), tall);
  });
  context.globalAlpha = 1;

  const waits = run.values.filter((value) => value.journey.length === run.nodes.length)
    .map((value) => [value.at, value.journey.at(-1)[0] - value.at]);
  const longest = Math.max(1, ...waits.map(([, wait]) => wait));
  context.fillStyle = colour.have;
  for (const [time, wait] of waits) {
    context.fillRect(x(time), height - 4 - (half - 14) * (wait / longest), 2, 2);
  }
  for (const fault of run.faults) {
    context.fillStyle = colour.bad;
    context.globalAlpha = 0.5;
    context.fillRect(x(fault.at), 0, 1, height);
  }
  context.globalAlpha = 1;
  context.fillStyle = colour.faint;
  context.textAlign = "left";
  context.fillText(`messages a second, up to ${count(most)}`, 40, 0);
  context.fillText(`until a value was everywhere, up to ${milliseconds(longest / 1000)}`, 40, half + 4);
  context.fillStyle = colour.ink;
  context.fillRect(x(now), 0, 1, height);
}

// --- Numbers ---

function list(place, pairs) {
  place.replaceChildren(...pairs.flatMap(([name, value]) => [element("span", {}, name), element("span", {}, value)]));
}

function showFigures() {
  const { figures } = run;
  list(at("figures"), [
    ["Messages an operation", ratio(figures.msgs_per_op)],
    ["To be everywhere, median", milliseconds(figures.propagation_median_ms)],
    ["To be everywhere, worst", milliseconds(figures.propagation_worst_ms)],
    ["Stable latency, median", milliseconds(figures.stable_median_ms)],
    ["Stable latency, worst", milliseconds(figures.stable_worst_ms)],
    ["Values lost", count(figures.lost)],
    ["Died with the only node that had them", count(figures.died)],
    ["All invariants held", figures.passed ? "yes" : "no"],
    ...figures.violations.slice(0, 3).map((text) => [text, ""]),
    ["Trace", figures.trace_hash],
  ]);
}

function showNow() {
  if (!run) return;
  const messages = countUpTo(run.messages.sent, now);
  const values = countUpTo(run.broadcastAt, now);
  const everywhere = run.values.filter((value) => value.journey.length === run.nodes.length && value.journey.at(-1)[0] <= now).length;
  const fault = run.faults[countUpTo(run.faults.map((one) => one.at), now) - 1];
  list(at("now"), [
    ["Messages between nodes", count(messages)],
    ["Values broadcast", count(values)],
    ["… everywhere", count(everywhere)],
    ["Messages a value", values > 0 ? ratio(messages / values) : "–"],
    ["Last fault", fault ? fault.text.slice(0, 60) : "none"],
  ]);
  const value = run.values[at("value").value === "" ? -1 : Number(at("value").value)];
  list(at("journey"), value ? [
    ["Broadcast", `${run.nodes[value.node]}, ${(value.at / 1e6).toFixed(3)} s`],
    ["Everywhere", value.journey.length === run.nodes.length ? `after ${milliseconds((value.journey.at(-1)[0] - value.at) / 1000)}` : `never: ${value.journey.length} of ${run.nodes.length}`],
    ["Now at", `${value.journey.filter(([time]) => time <= now).length} of ${run.nodes.length}`],
    ["Last", value.journey.slice(-3).map(([time, node]) => `${run.nodes[node]} +${Math.round((time - value.at) / 1000)}`).join(", ")],
  ] : []);
}

// --- Hands ---

cluster.addEventListener("click", (event) => {
  if (!run) return;
  const box = cluster.getBoundingClientRect();
  const distances = positions.map(([x, y]) => Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top)));
  const nearest = distances.indexOf(Math.min(...distances));
  if (distances[nearest] > 30) chosen = [];
  else if (chosen.includes(nearest)) chosen = chosen.filter((node) => node !== nearest);
  else chosen = [...chosen, nearest].slice(-2);
  play(false);
  moveTo(now);
});
slider.addEventListener("input", () => { play(false); moveTo(Number(slider.value)); });
at("play").addEventListener("click", () => play(!playing));
at("back").addEventListener("click", () => stepTo(-1));
at("forth").addEventListener("click", () => stepTo(1));
at("apply").addEventListener("click", () => simulate(at("schedule").value));
at("clear").addEventListener("click", () => simulate("scenario 1\n"));
at("value").addEventListener("change", () => {
  const value = run.values[at("value").value === "" ? -1 : Number(at("value").value)];
  play(false);
  moveTo(value ? value.at : now);
});
document.addEventListener("keydown", (event) => {
  if (["INPUT", "SELECT", "TEXTAREA", "BUTTON"].includes(event.target.tagName)) return;
  const act = { " ": () => play(!playing), ArrowLeft: () => stepTo(-1), ArrowRight: () => stepTo(1) }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
addEventListener("resize", () => draw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());

makeForm();
simulate();
