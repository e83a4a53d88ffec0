// Two runs side by side: every number of their results, with the differences.
import { element, fetchJson, readableTime, showError, verdict } from "./common.js";

const place = document.getElementById("comparison");

// What people look at first.
const HEADLINE = [["Strategy", "strategy"], ["Operations", "operations"], ["Messages between nodes, an operation", "msgs_per_op"],
  ["Stable latency, median (ms)", "median_ms"], ["Stable latency, worst (ms)", "worst_ms"], ["Lost values", "lost"]];

// {"net": {"all": {"count": 3}}} as [["net / all / count", 3]]. Lists are told by their length.
function flatten(value, path = []) {
  if (Array.isArray(value)) return [[path.join(" / "), value.length]];
  if (value !== null && typeof value === "object") {
    return Object.entries(value).flatMap(([key, inner]) => flatten(inner, [...path, key]));
  }
  return [[path.join(" / "), value]];
}

const text = (value) => value === undefined ? "" : typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 3 }) : String(value);

function difference(a, b) {
  if (typeof a !== "number" || typeof b !== "number" || a === b) return "";
  const sign = b > a ? "+" : "−";
  const absolute = Math.abs(b - a).toLocaleString("en", { maximumFractionDigits: 3 });
  return a === 0 ? sign + absolute : `${sign}${absolute} (${sign}${Math.abs((b - a) / a * 100).toFixed(0)} %)`;
}

try {
  const names = ["a", "b"].map((key) => new URLSearchParams(location.search).get(key) ?? "");
  const runs = await Promise.all(names.map((name) => fetchJson(`/api/run/${name.split("/").map(encodeURIComponent).join("/")}`)));
  const [left, right] = runs.map((run) => new Map(flatten(run.results ?? {})));
  // The same word of approval twice says nothing.
  const says = (key) => key !== "valid" && !(key.endsWith(" / valid") && left.get(key) === true && right.get(key) === true);
  const keys = [...new Set([...left.keys(), ...right.keys()])].filter(says);
  const number = (value) => element("td", { className: "number" }, value);
  const row = (name, a, b) => element("tr", {}, element("th", {}, name), number(text(a)), number(text(b)), number(difference(a, b)));
  place.replaceChildren(element("table", {},
    element("thead", {}, element("tr", {}, element("th", {}, ""),
      ...runs.map((run) => element("th", { className: "number" },
        element("a", { href: `/run/${run.workload}/${run.time}` }, `${run.workload}, ${readableTime(run.time)}`))),
      element("th", { className: "number" }, "Difference"))),
    element("tbody", {},
      element("tr", {}, element("th", {}, "verdict"), ...runs.map((run) => number(verdict(run.valid, run.early_end))), number("")),
      ...HEADLINE.map(([name, key]) => row(name, runs[0][key] ?? undefined, runs[1][key] ?? undefined)),
      element("tr", {}, element("td", { colSpan: 4 }, element("h2", {}, "All results"))),
      ...keys.map((key) => row(key, left.get(key), right.get(key))))));
} catch (error) {
  showError(place, error);
}
