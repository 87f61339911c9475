// Unsaved answers of this person's forms, listed on every page but the form.
import { answers, files } from "./outbox.js";
import { actor, notices } from "./requests.js";

const here = /^\/audits\/([0-9a-f-]+)/.exec(location.pathname)?.[1];

function section(audit, records) {
  const notice = document.createElement("section");
  notice.className = "notice bad";
  notice.setAttribute("aria-label", "未保存的填写");
  const head = document.createElement("strong");
  head.textContent = `${records[0].title}：待同步 ${records.length} 项，仍在本浏览器中`;
  notice.append(head);
  if (audit === here) {
    const items = document.createElement("ul");
    for (const { label, values, name } of records) {
      items.append(Object.assign(document.createElement("li"), { textContent: `${label}：${values ? values.join("、") || "（空）" : name}` }));
    }
    const away = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "不再保留" });
    away.onclick = async () => {
      for (const record of records) await (record.blob ? files : answers).forget(record.id);
      notice.remove();
    };
    notice.append(items, away);
  } else {
    const link = Object.assign(document.createElement("a"), { href: `/audits/${audit}/form`, textContent: "打开核查表，同步" });
    notice.append(document.createElement("br"), link);
  }
  return notice;
}

if (actor && !document.getElementById("answers")) {
  const records = [...(await answers.of(actor)), ...(await files.of(actor))];
  for (const audit of new Set(records.map((record) => record.audit))) {
    notices.append(section(audit, records.filter((record) => record.audit === audit)));
  }
}
