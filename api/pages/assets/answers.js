// The audit form saves by itself: the browser stores each answer, sends it, and shows it as saved once the service has it.
import { isChanged } from "./defaults.js";
import { answers as outbox, idOf } from "./outbox.js";
import { onSynchronise, setWaiting } from "./pending.js";
import { actor, notices, page, send, signInAgain, tell } from "./requests.js";

const form = document.getElementById("answers");
const audit = form?.dataset.audit;
const pending = new Map(); // Unsaved answers, by the names of their fields.
const FAILED = ["waits", "wrong", "refused", "clash"];
const AGAIN = [2, 5, 15, 30];
const LATE = 60_000; // Milliseconds after which an answer is sent with the time at which it was given.
let flushing = null, failures = 0, timer = 0, leaving = false, singly = false;

const fieldsOf = (name) => [...document.querySelectorAll("[name]")].filter((field) => field.name === name);
const placeOf = (name) => name.slice(2);
const boxOf = (name) => fieldsOf(name)[0]?.closest("[data-answer]") ?? null;

function valuesOf(fields) {
  if (fields[0].matches("[type=radio], [type=checkbox]")) return fields.filter((f) => f.checked).map((f) => f.value);
  return [fields[0].value];
}

function fill(fields, values) {
  for (const field of fields) {
    if (field.matches("[type=radio], [type=checkbox]")) field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
}

function settle(fields) {
  for (const field of fields) {
    if (field.matches("[type=radio], [type=checkbox]")) field.defaultChecked = field.checked;
    else if (field.matches("select")) for (const option of field.options) option.defaultSelected = option.selected;
    else field.defaultValue = field.value;
  }
}

// Store what a field holds, at once.
function note(field, state) {
  const name = field.name;
  const fields = fieldsOf(name);
  const box = field.closest("[data-answer]");
  const before = pending.get(name);
  const record = {
    id: idOf(actor, audit, name),
    actor,
    audit,
    title: form.dataset.title,
    label: box.dataset.answer,
    name,
    values: valuesOf(fields),
    several: field.matches("[type=checkbox]"),
    version: before?.version ?? field.closest("[data-version]").dataset.version,
    page: before?.page ?? page,
    at: Date.now(),
    state,
    reason: "",
  };
  pending.set(name, record);
  outbox.keep(record);
  mark(record);
  list();
}

// Show the state of an answer beside its field.
function mark({ name, state, reason, offline }) {
  const box = boxOf(name);
  const statusBox = box && document.getElementById(box.dataset.said ?? `s-${box.id.slice(2)}`);
  if (!statusBox) return;
  const why = reason.replace(/。$/, "");
  const texts = { typed: "尚未保存", queued: "正在保存…", sending: "正在保存…", waits: `✗ 未保存：${why}；已暂存在本浏览器，将自动重试`, offline: `未保存到服务器：${why}；已存在本浏览器，待同步`, wrong: `✗ 未保存：${why}` };
  const text = texts[state === "waits" && offline ? "offline" : state] ?? `✗ 未保存：${why}；已暂存在本浏览器`;
  statusBox.replaceChildren(Object.assign(document.createElement("span"), { className: FAILED.includes(state) && !offline ? "bad" : "quiet", textContent: text }));
}

// List failed answers above the form until all are saved.
function list() {
  setWaiting("answers", [...pending.values()].filter((record) => record.state === "waits"));
  // An answer that only waits for a network has not failed: the line above the form counts it.
  const failed = [...pending.values()].filter((record) => FAILED.includes(record.state) && !record.offline);
  let notice = document.getElementById("unsaved");
  if (!failed.length) return notice?.remove();
  if (!notice) {
    notice = document.createElement("section");
    notice.id = "unsaved";
    notice.className = "notice bad";
    notice.setAttribute("aria-label", "未保存的填写");
    notices.append(notice);
  }
  const head = document.createElement("strong");
  head.textContent = `有 ${failed.length} 项未保存`;
  const items = document.createElement("ul");
  items.append(...failed.map(entry));
  const row = document.createElement("div");
  row.className = "row-buttons";
  row.append(button("立即重试", retry));
  if (failed.some((record) => record.over)) row.append(button("重新登录", () => signInAgain().then((done) => done && retry())));
  notice.replaceChildren(head, items, row);
}

function entry(record) {
  const line = document.createElement("li");
  const box = boxOf(record.name);
  const what = document.createElement(box ? "a" : "span");
  if (box) what.href = `#${box.closest("[id^='p-']")?.id ?? box.id}`;
  what.textContent = record.label;
  line.append(what, `：填的是“${record.values.join("、") || "（空）"}”。${record.reason} `, button("不再保留", () => discard(record)));
  return line;
}

function button(text, act) {
  return Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: text, onclick: act });
}

function discard(record) {
  pending.delete(record.name);
  outbox.forget(record.id);
  for (const clash of clashesOf(record.name)) clash.remove();
  for (const field of fieldsOf(record.name)) {
    if (field.matches("[type=radio], [type=checkbox]")) field.checked = field.defaultChecked;
    else if (field.matches("select")) for (const option of field.options) option.selected = option.defaultSelected;
    else field.value = field.defaultValue;
  }
  const box = boxOf(record.name);
  const statusBox = box && document.getElementById(box.dataset.said ?? `s-${box.id.slice(2)}`);
  statusBox?.replaceChildren();
  list();
}

function retry() {
  clearTimeout(timer);
  for (const record of pending.values()) if (["waits", "refused"].includes(record.state)) record.state = "queued";
  return flush();
}

function clashesOf(name) {
  return [...document.querySelectorAll(".clash")].filter((clash) => clash.dataset.clash === name);
}

// Send queued answers, one request after another, until none is left or one request fails.
function flush() {
  flushing ??= run().finally(() => (flushing = null));
  return flushing;
}

async function run() {
  for (;;) {
    const queued = [...pending.values()].filter((record) => record.state === "queued");
    if (!queued.length) return;
    // Rows are renamed last: their answers are addressed by the names they had.
    queued.sort((one, other) => one.name.startsWith("k.") - other.name.startsWith("k."));
    const batch = queued.filter((record) => record.version === queued[0].version && record.page === queued[0].page && record.name.startsWith("k.") === queued[0].name.startsWith("k."));
    if (!(await deliver(singly ? batch.slice(0, 1) : batch))) return;
  }
}

async function deliver(batch) {
  const fields = new URLSearchParams({ version: batch[0].version, page: batch[0].page ?? page });
  const late = batch.filter((record) => Date.now() - record.at > LATE);
  for (const record of late) fields.append("answered_at", new Date(record.at).toISOString());
  for (const record of batch) {
    record.state = "sending";
    for (const value of record.values) fields.append(record.name, value);
    if (record.several) fields.append(`p.${placeOf(record.name)}`, "1");
    else if (!record.values.length) fields.append(record.name, "");
    mark(record);
  }
  const answer = await send(`/audits/${audit}/answers`, fields, () => {
    for (const record of batch) fail(record, "waits", "登录已失效，请重新登录", true);
    list();
  });
  if (answer.ok) {
    failures = 0;
    take(batch, answer.text);
    return true;
  }
  if (answer.status >= 400 && answer.status < 500 && ![401, 408, 429].includes(answer.status)) {
    // One refused answer must not keep the others from being saved.
    if (batch.length > 1) {
      singly = true;
      for (const record of batch) if (record.state === "sending") record.state = "queued";
      return true;
    }
    fail(batch[0], "refused", answer.reason);
    list();
    return true;
  }
  // All of them wait: the service can't be reached, or the session has ended.
  for (const record of pending.values()) {
    if (["sending", "queued", "waits"].includes(record.state)) fail(record, "waits", answer.reason, answer.status === 401, !answer.status);
  }
  list();
  clearTimeout(timer);
  const seconds = Math.max(answer.again, AGAIN[Math.min(failures, AGAIN.length - 1)]);
  failures += 1;
  if (answer.status !== 401) timer = setTimeout(retry, seconds * 1000);
  return false;
}

function fail(record, state, reason, over = false, offline = false) {
  if (pending.get(record.name) !== record) {
    // The field was changed meanwhile, and its new answer waits as well.
    const newer = pending.get(record.name);
    if (newer && state === "waits" && newer.state !== "typed") fail(newer, state, reason, over, offline);
    return;
  }
  Object.assign(record, { state, reason, over, offline });
  mark(record);
}

function take(batch, text) {
  const part = new DOMParser().parseFromString(text, "text/html").getElementById("outcome");
  const outcome = JSON.parse(part.dataset.outcome);
  for (const record of batch) {
    const newest = pending.get(record.name);
    const place = placeOf(record.name);
    if (outcome.refused[record.name]) fail(record, "refused", outcome.refused[record.name]);
    else if (outcome.clashes.includes(record.name)) fail(record, "clash", "他人已先改过，请在页面上方选择");
    else if (place in outcome.wrong && /^[vktu]\./.test(record.name)) {
      fail(record, "wrong", outcome.wrong[place]);
      outbox.forget(record.id);
    } else {
      const fields = fieldsOf(record.name);
      for (const field of fields) field.dataset.version = outcome.version;
      for (const clash of clashesOf(record.name)) clash.remove();
      if (newest === record) {
        settle(fields);
        pending.delete(record.name);
        outbox.forget(record.id);
      } else if (newest) {
        newest.version = String(outcome.version);
        outbox.keep(newest);
      }
    }
  }
  for (const name of outcome.clashes) for (const clash of clashesOf(name)) clash.remove();
  renewPage(text);
}

// Renew the parts of the page that the service sends, then put unsaved answers back into their fields.
export function renewPage(text) {
  window.htmx.swap(document.body, text, { swapStyle: "none", swapDelay: 0, settleDelay: 0 });
  for (const record of pending.values()) {
    const fields = fieldsOf(record.name);
    if (fields.length) fill(fields, record.values);
    mark(record);
  }
  list();
  document.dispatchEvent(new Event("form:saved"));
}

// Take up answers that were not saved when the page was closed.
async function restore() {
  for (const record of await outbox.of(actor)) {
    if (record.audit !== audit || pending.has(record.name)) continue;
    const fields = fieldsOf(record.name);
    pending.set(record.name, record);
    if (!fields.length) {
      fail(record, "refused", "这一项已不在表中，可能已被他人删除或改名。");
      continue;
    }
    if (String(valuesOf(fields)) === String(record.values)) {
      pending.delete(record.name);
      outbox.forget(record.id);
      continue;
    }
    fill(fields, record.values);
    Object.assign(record, { state: "queued", over: false, offline: false });
    mark(record);
  }
  // What was changed before this script ran.
  const early = [...document.querySelectorAll("[name]")].filter((field) => isAnswer(field) && !field.disabled && isChanged(field));
  for (const field of early) if (!pending.has(field.name)) note(field, "queued");
  list();
  return flush();
}

function isAnswer(field) {
  return field.form === form && /^[venktuc]\./.test(field.name ?? "") && field.closest("[data-answer]");
}

if (form) {
  document.addEventListener("input", ({ target }) => isAnswer(target) && note(target, "typed"));
  document.addEventListener("change", ({ target }) => {
    if (!isAnswer(target)) return;
    note(target, "queued");
    flush();
  });
  document.addEventListener("focusout", ({ target }) => {
    // Typing that is undone makes no change event, and neither does a program that fills in a field.
    if (isAnswer(target) && pending.get(target.name)?.state === "typed") {
      pending.get(target.name).state = "queued";
      setTimeout(flush);
    }
  });
  document.addEventListener("submit", async (event) => {
    const sent = event.target;
    if (event.defaultPrevented || sent.closest("dialog") || sent.hasAttribute("hx-post")) return;
    const clash = sent.closest(".clash");
    const records = [...(clash ? new FormData(sent).keys() : [])].map((name) => pending.get(name)).filter(Boolean);
    if (records.length) {
      event.preventDefault();
      for (const record of records) Object.assign(record, { state: "queued", version: sent.elements.version.value });
      clash.remove();
      await flush();
    } else if (pending.size) {
      event.preventDefault();
      await retry();
      if (pending.size) return tell("submit", "还有未保存的填写，请先处理后再操作。");
      // The part of the page that the button was on may have been replaced meanwhile.
      const now = sent.isConnected ? sent : [...document.forms].find((other) => other.action === sent.action);
      leaving = true;
      now?.requestSubmit();
    } else leaving = true;
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("[data-theirs]");
    if (!link) return;
    event.preventDefault();
    const names = [...new FormData(link.closest(".clash").querySelector("form")).keys()];
    for (const name of names) if (pending.has(name)) await outbox.forget(pending.get(name).id);
    for (const name of names) pending.delete(name);
    await flush();
    leaving = true;
    location.reload();
  });
  window.addEventListener("online", retry);
  onSynchronise(retry);
  window.addEventListener("beforeunload", (event) => {
    if (pending.size && !leaving) event.preventDefault();
  });
  restore();
}
