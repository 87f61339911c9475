// On every page but the form: what this person typed into forms and could not be saved yet.
import { forget, unsaved } from "./outbox.js";
import { actor, notices } from "./requests.js";

const here = /^\/audits\/([0-9a-f-]+)/.exec(location.pathname)?.[1];

function section(audit, records) {
  const told = document.createElement("section");
  told.className = "notice bad";
  told.setAttribute("aria-label", "未保存的填写");
  const head = document.createElement("strong");
  head.textContent = `${records[0].title}：有 ${records.length} 项填写未能保存，仍在本浏览器中`;
  told.append(head);
  if (audit === here) {
    const items = document.createElement("ul");
    for (const { label, values } of records) {
      items.append(Object.assign(document.createElement("li"), { textContent: `${label}：${values.join("、") || "（空）"}` }));
    }
    const away = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "不再保留" });
    away.onclick = async () => {
      for (const record of records) await forget(record.id);
      told.remove();
    };
    told.append(items, away);
  } else {
    const link = Object.assign(document.createElement("a"), { href: `/audits/${audit}/form`, textContent: "打开核查表，重新保存" });
    told.append(document.createElement("br"), link);
  }
  return told;
}

if (actor && !document.getElementById("answers")) {
  const records = await unsaved(actor);
  for (const audit of new Set(records.map((record) => record.audit))) {
    notices.append(section(audit, records.filter((record) => record.audit === audit)));
  }
}
