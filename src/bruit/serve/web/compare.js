// Two runs side by side: every number of their results, with the differences.
import { element, fetchJson, readableTime, showError, verdict } from "./common.js";

const place = document.getElementById("comparison");

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
  const keys = [...new Set([...left.keys(), ...right.keys()])].filter((key) => key !== "valid");
  const number = (value) => element("td", { className: "number" }, value);
  place.replaceChildren(element("table", {},
    element("thead", {}, element("tr", {}, element("th", {}, ""),
      ...runs.map((run) => element("th", { className: "number" },
        element("a", { href: `/run/${run.workload}/${run.time}` }, `${run.workload}, ${readableTime(run.time)}`))),
      element("th", { className: "number" }, "Difference"))),
    element("tbody", {},
      element("tr", {}, element("th", {}, "verdict"), ...runs.map((run) => number(verdict(run.valid, run.early_end))), number("")),
      ...keys.map((key) => element("tr", {}, element("th", {}, key), number(text(left.get(key))),
        number(text(right.get(key))), number(difference(left.get(key), right.get(key))))))));
} catch (error) {
  showError(place, error);
}
