// One run: its verdict, its figures, its files.
import { count, element, fetchJson, milliseconds, ratio, readableTime, showError, verdict } from "./common.js";

const place = document.getElementById("run");
const [, , workload, time] = location.pathname.split("/").map(decodeURIComponent);
document.getElementById("title").textContent = `${workload}, ${readableTime(time)}`;

function size(bytes) {
  return bytes < 10_000 ? `${count(bytes)} bytes` : bytes < 10_000_000 ? `${count(Math.round(bytes / 1000))} kB` : `${count(Math.round(bytes / 1e6))} MB`;
}

try {
  const run = await fetchJson(`/api/run/${encodeURIComponent(workload)}/${encodeURIComponent(time)}`);
  const link = (name) => `/store/${[workload, time, ...name.split("/")].map(encodeURIComponent).join("/")}`;
  const line = (name, ...value) => element("tr", {}, element("th", {}, name), element("td", {}, ...value));
  const hasReport = run.files.some((file) => file.name === "report.html");
  place.replaceChildren(
    element("table", {}, element("tbody", {},
      line("Verdict", verdict(run.valid, run.early_end)),
      run.strategy ? line("Strategy", run.strategy) : null,
      line("Operations", count(run.operations)),
      line("Messages between nodes, an operation", ratio(run.msgs_per_op)),
      line("Stable latency, median", milliseconds(run.median_ms)),
      line("Stable latency, worst", milliseconds(run.worst_ms)),
      line("Lost values", count(run.lost)))),
    hasReport ? element("p", {}, element("a", { href: link("report.html") }, "The report"), ": charts, and every message") : null,
    element("h2", {}, "Files"),
    element("table", {}, element("tbody", {}, ...run.files.map((file) => element("tr", {},
      element("td", {}, element("a", { href: link(file.name) }, file.name)),
      element("td", { className: "number faint" }, size(file.size)))))),
    element("h2", {}, "All results"),
    element("pre", {}, run.results ? JSON.stringify(run.results, null, 2) : "There are none: the run is going on, or was killed."));
} catch (error) {
  showError(place, error);
}
