// The list of runs; two of them can be chosen to be compared.
import { count, element, fetchJson, milliseconds, ratio, readableTime, runName, showError, verdict } from "./common.js";

const place = document.getElementById("runs");
const submit = document.getElementById("submit");
const hint = document.getElementById("hint");

function row(run) {
  const name = runName(run);
  const box = element("input", { type: "checkbox", value: name });
  box.setAttribute("aria-label", `Compare ${name}`);
  const number = (text) => element("td", { className: "number" }, text);
  return element("tr", {},
    element("td", {}, box),
    element("td", {}, element("a", { href: `/run/${name}` }, readableTime(run.time))),
    element("td", {}, run.workload),
    element("td", {}, run.strategy ?? ""),
    element("td", {}, verdict(run.valid, run.early_end)),
    number(count(run.operations)), number(ratio(run.msgs_per_op)),
    number(milliseconds(run.median_ms)), number(milliseconds(run.worst_ms)), number(count(run.lost)));
}

function heed() {
  const chosen = place.querySelectorAll("input:checked").length;
  submit.disabled = chosen !== 2;
  hint.textContent = chosen === 2 ? "" : `${chosen} of 2 chosen`;
}

document.getElementById("compare").addEventListener("submit", (event) => {
  event.preventDefault();
  const [a, b] = [...place.querySelectorAll("input:checked")].map((box) => box.value);
  // The older one first.
  location.href = `/compare?a=${encodeURIComponent(b)}&b=${encodeURIComponent(a)}`;
});
place.addEventListener("change", heed);

try {
  const { runs, store } = await fetchJson("/api/runs");
  if (runs.length === 0) {
    place.replaceChildren(element("p", {}, `There are no runs in ${store} yet. `, element("code", {}, "bruit test"),
      " and ", element("code", {}, "bruit challenge"), " make some; or look at a ", element("a", { href: "/live" }, "live simulation"), "."));
  } else {
    const heads = ["", "Run", "Workload", "Strategy", "Verdict"].map((text) => element("th", {}, text));
    const numbers = ["Operations", "Msgs/op", "Median", "Worst", "Lost"].map((text) => element("th", { className: "number" }, text));
    place.replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...heads, ...numbers)),
      element("tbody", {}, ...runs.map(row))));
    heed();
  }
} catch (error) {
  showError(place, error);
}
