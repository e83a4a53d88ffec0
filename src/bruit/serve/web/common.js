// What all pages share: making elements without ever reading text as markup, and numbers.
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export async function fetchJson(path, options) {
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `${response.status} ${response.statusText}`);
  return answer;
}

export function showError(place, error) {
  place.replaceChildren(element("p", { className: "error", role: "alert" }, String(error.message ?? error)));
}

// :valid? as a word with its colour. `early` is why the run did not end by itself.
export function verdict(valid, early) {
  const [name, word] = valid === true ? ["valid", "valid"] : valid === false ? ["invalid", "invalid"] : ["unknown", "unknown"];
  if (valid === undefined) return element("span", { className: "faint" }, "no results");
  return element("span", { className: name }, early ? `${word} (${early})` : word);
}

export function ratio(value) {
  return typeof value === "number" ? value.toFixed(2) : "–";
}

export function milliseconds(value) {
  return typeof value === "number" ? `${Math.round(value).toLocaleString("en")} ms` : "–";
}

export function count(value) {
  return typeof value === "number" ? value.toLocaleString("en") : "–";
}

// "20261121T044930.123Z" as people write it.
export function readableTime(time) {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d(?:\.\d+)?)Z$/.exec(time);
  return match ? `${match[1]}-${match[2]}-${match[3]} ${match[4]}:${match[5]}:${match[6]} UTC` : time;
}

export const runName = (run) => `${run.workload}/${run.time}`;
