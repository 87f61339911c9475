// The line above the form: the number of unsent answers and files, and the state of the form's copy for use without a network.
const bar = document.getElementById("sync");
const waiting = new Map(); // Records that wait, by kind.
const acts = [];
let offlineUse = "";

export function clockOf(at) {
  return new Date(at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

export function setWaiting(kind, records) {
  waiting.set(kind, records);
  show();
}

export function setOfflineUse(text) {
  offlineUse = text;
  show();
}

export function onSynchronise(act) {
  acts.push(act);
}

function lineOf({ label, values, name, at, where }) {
  const what = values ? values.join("、") || "（空）" : `文件 ${name}`;
  return Object.assign(document.createElement("li"), { textContent: `${label}：${what}（${clockOf(at)}${where ? `，${where}` : ""}）` });
}

function show() {
  if (!bar) return;
  const records = [...waiting.values()].flat().sort((one, other) => one.at - other.at);
  const text = [records.length && `待同步 ${records.length} 项`, !navigator.onLine && "没有网络，等级和适用的问题以上次联网时为准", offlineUse];
  bar.hidden = !text.some(Boolean);
  bar.classList.toggle("waits", records.length > 0);
  const status = bar.querySelector("[role=status]"), line = text.filter(Boolean).join(" · ");
  if (status.textContent !== line) status.textContent = line;
  const [list, button] = [bar.querySelector("details"), bar.querySelector("button")];
  list.hidden = !records.length;
  button.hidden = !records.length || !navigator.onLine;
  list.querySelector("ul").replaceChildren(...records.map(lineOf));
}

if (bar) {
  bar.querySelector("button").onclick = () => acts.forEach((act) => act());
  for (const change of ["online", "offline"]) window.addEventListener(change, show);
  show();
}
