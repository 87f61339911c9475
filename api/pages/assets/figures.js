// The page of an indicator saves by itself: the browser stores a field while it is typed, sends it when it is left, and
// forgets it once the service has it. A field that another person has changed meanwhile is shown with both values.
import { isChanged } from "./defaults.js";
import { actor, clear, send, tell } from "./requests.js";

const form = document.getElementById("figures");
const path = form?.getAttribute("action") ?? "";
const keyOf = (name) => `figures ${actor} ${path} ${name}`;
const fieldsOf = (name) => [...form.elements].filter((field) => field.name === name);
const shownOf = (name) => fieldsOf(`s:${name.slice(2)}`)[0];
const statusOf = (field) => field.closest("fieldset.figure, .level")?.querySelector(".said") ?? document.getElementById("notices");
let queue = Promise.resolve();
let refresh = 0;

function valuesOf(name) {
  return fieldsOf(name)
    .filter((field) => (field.type === "checkbox" ? field.checked : field.type !== "hidden"))
    .map((field) => field.value)
    .filter(Boolean);
}

function fill(name, value) {
  for (const field of fieldsOf(name)) {
    if (field.type === "checkbox") field.checked = value.split("；").includes(field.value);
    else if (field.type !== "hidden") field.value = value;
  }
}

function remember(name) {
  try {
    localStorage.setItem(keyOf(name), valuesOf(name).join("；"));
  } catch {
    // A browser without storage: the page alone holds the text until it is saved.
  }
}

function forget(name) {
  try {
    localStorage.removeItem(keyOf(name));
  } catch {
    // As above.
  }
}

function say(field, text, kind) {
  statusOf(field).replaceChildren(Object.assign(document.createElement("span"), { className: kind, textContent: text }));
}

// Show both values and let the person choose.
function clash(field, name, conflict) {
  const mine = valuesOf(name).join("；");
  const statusBox = statusOf(field);
  say(field, `✗ ${conflict.by || "他人"} 已改为“${conflict.theirs || "（空）"}”，您填的是“${mine || "（空）"}”。`, "bad");
  for (const [label, act] of [
    ["保留我的", () => ((shownOf(name).value = conflict.theirs), save(field))],
    ["采用他人的", () => (fill(name, conflict.theirs), (shownOf(name).value = conflict.theirs), forget(name), say(field, "已采用他人的填写", "good"))],
  ]) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: label });
    button.onclick = act;
    statusBox.append(" ", button);
  }
}

// Fill the fields with the service's values, except the one that has the focus.
function show(fields) {
  for (const [place, field, value] of fields) {
    const name = `f:${place}:${field}`;
    const shown = shownOf(name);
    if (!shown) continue;
    if (valuesOf(name).join("；") === shown.value && !fieldsOf(name).includes(document.activeElement)) fill(name, value);
    if (valuesOf(name).join("；") === value) shown.value = value;
  }
}

async function post(field) {
  const name = field.name;
  const shown = shownOf(name);
  const value = valuesOf(name).join("；");
  if (value === shown.value) return forget(name);
  const sent = new FormData();
  sent.set(name, value);
  sent.set(shown.name, shown.value);
  say(field, "正在保存……", "quiet");
  const answer = await send(path, sent);
  if (!answer.ok) {
    say(field, `✗ 未保存：${answer.reason}`, "bad");
    if (answer.status === 0 || answer.status >= 500) tell(name, `未保存：${answer.reason}`);
    return;
  }
  clear(name);
  const result = JSON.parse(answer.text);
  if (result.conflicts) return clash(field, name, result.conflicts[0]);
  shown.value = value;
  forget(name);
  show(result.fields);
  say(field, "✓ 已保存", "good");
  clearTimeout(refresh);
  refresh = setTimeout(() => window.htmx?.trigger("#impact", "refresh"), 600);
}

function save(field) {
  queue = queue.then(() => post(field));
}

if (form) {
  form.addEventListener("input", ({ target }) => target.name?.startsWith("f:") && remember(target.name));
  form.addEventListener("change", ({ target }) => target.name?.startsWith("f:") && save(target));
  form.addEventListener("submit", (event) => event.preventDefault());
  // Take up fields that could not be saved before, and those that were changed before this script ran.
  for (const name of new Set([...form.elements].map((field) => field.name).filter((name) => name.startsWith("f:")))) {
    let stored = null;
    try {
      stored = localStorage.getItem(keyOf(name));
    } catch {
      break;
    }
    const field = fieldsOf(name).at(-1);
    if (field.disabled) continue;
    if (stored === null) {
      if (fieldsOf(name).some(isChanged)) save(field);
    } else if (stored === shownOf(name).value) forget(name);
    else {
      fill(name, stored);
      save(field);
    }
  }
}
