// Files of evidence: the browser stores them with their time (and place, if asked for) until the service has them.
import { renewPage } from "./answers.js";
import { files } from "./outbox.js";
import { clockOf, onSynchronise, setWaiting } from "./pending.js";
import { findPlace } from "./place.js";
import { actor, clear, page, send, tell } from "./requests.js";

const audit = document.getElementById("answers")?.dataset.audit;
const title = document.getElementById("answers")?.dataset.title;
const queue = new Map(); // Files that the service does not have, by id.
const AGAIN = 30_000;
let sending = null, timer = 0, count = 0;

const formOf = (place) => [...document.querySelectorAll(".q-file")].find((form) => form.elements.place.value === place);
const keyOf = (record) => `evidence ${record.place}`;

async function take(form, field) {
  const [file] = field.files;
  if (!file) return;
  const place = form.elements.place.value, box = form.closest(".q");
  if (file.size > Number(field.dataset.max)) {
    field.value = "";
    return refuse({ place, name: file.name }, `“${file.name}”超过 ${Math.floor(Number(field.dataset.max) / 1e6)} MB 的上限`);
  }
  count += 1;
  const label = box.querySelector("[data-answer]").dataset.answer;
  const record = { id: `${page}-${count}`, actor, audit, title, label, place, name: file.name, blob: file, at: Date.now(), where: "", stays: field.hasAttribute("capture"), state: "queued" };
  queue.set(record.id, record);
  mark(record, "正在保存…");
  await files.keep(record).catch(() => mark(record, "浏览器没有空间暂存，请勿关闭本页"));
  field.value = "";
  record.where = await findPlace();
  if (record.where) await files.keep(record).catch(() => {});
  return flush();
}

function mark(record, text, isBad = false) {
  const statusBox = formOf(record.place)?.closest(".q").querySelector(".said");
  statusBox?.replaceChildren(Object.assign(document.createElement("span"), { className: isBad ? "bad" : "quiet", textContent: text }));
}

function refuse(record, why) {
  tell(keyOf(record), why, "文件未上传");
  mark(record, `✗ 未上传：${why}`, true);
}

function list() {
  setWaiting("files", [...queue.values()].filter(({ state }) => ["waits", "refused"].includes(state)));
  for (const slot of document.querySelectorAll(".q-file .waiting")) slot.remove();
  for (const record of queue.values()) if (record.state !== "queued") formOf(record.place)?.querySelector(".files").after(slotOf(record));
}

function slotOf(record) {
  const slot = Object.assign(document.createElement("span"), { className: "waiting" });
  const copy = Object.assign(document.createElement("a"), { href: URL.createObjectURL(record.blob), download: record.name, textContent: record.name });
  const away = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "不再保留" });
  away.onclick = () => {
    if (!window.confirm(`不再保留“${record.name}”？它还没有送到服务器。`)) return;
    drop(record);
    mark(record, "");
    list();
  };
  slot.append(copy, `（${clockOf(record.at)}，${record.state === "refused" ? "未能上传" : "待同步"}）`, away);
  return slot;
}

function drop(record) {
  queue.delete(record.id);
  clear(keyOf(record));
  return files.forget(record.id);
}

function flush() {
  sending ??= run().finally(() => (sending = null));
  return sending;
}

async function run() {
  clearTimeout(timer);
  for (;;) {
    const record = [...queue.values()].find(({ state }) => state === "queued");
    if (!record || !(await deliver(record))) break;
  }
  list();
}

// True when the next file may be sent.
async function deliver(record) {
  const fields = new FormData();
  fields.append("place", record.place);
  fields.append("page", page);
  fields.append("taken_at", new Date(record.at).toISOString());
  fields.append("taken_where", record.where);
  fields.append("file", record.blob, record.name);
  const answer = await send(`/audits/${record.audit}/evidence`, fields, () => refuse(record, "登录已失效，请重新登录"));
  if (answer.ok) {
    await drop(record);
    renewPage(answer.text);
    return true;
  }
  const isFinal = answer.status >= 400 && answer.status < 500 && ![401, 408, 429].includes(answer.status);
  // A file that was just chosen is still where it was chosen from; one that was taken here may be nowhere else.
  if (isFinal && !record.stays) await drop(record);
  if (answer.status) refuse(record, answer.reason);
  else mark(record, `${answer.reason}；“${record.name}”已存在本浏览器，待同步`);
  if (isFinal) {
    record.state = "refused";
    return true;
  }
  for (const other of queue.values()) Object.assign(other, { state: "waits", stays: true });
  await Promise.all([...queue.values()].map((other) => files.keep(other).catch(() => {})));
  if (answer.status !== 401) timer = setTimeout(retry, Math.max(answer.again * 1000, AGAIN));
  return false;
}

function retry() {
  for (const record of queue.values()) record.state = "queued";
  return flush();
}

if (audit) {
  document.addEventListener("change", ({ target }) => {
    const form = target.closest?.(".q-file");
    if (form && target.matches("input[type=file]")) take(form, target);
  });
  window.addEventListener("online", retry);
  onSynchronise(retry);
  const left = (await files.of(actor)).filter((record) => record.audit === audit && !queue.has(record.id));
  for (const record of left) queue.set(record.id, { ...record, state: "queued" });
  if (left.length) flush();
  list();
}
