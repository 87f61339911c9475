// Every request that a page makes in the background: a refusal is shown until it is mended, an ended session is
// renewed in place, and a person's input is never sent in another person's session.
const REASONS = {
  0: "网络不通",
  401: "登录已失效，请重新登录",
  403: "没有权限",
  404: "没有这项内容，或不在您的查看范围内",
  409: "当前状态不允许",
  412: "内容已被他人修改，请刷新页面",
  413: "文件或内容超过上限",
  415: "不接受这种类型的文件",
  422: "内容有误",
  429: "操作过于频繁，请稍后再试",
  503: "服务暂不可用，请稍后再试",
};
const body = document.body;
export const actor = body.dataset.actor ?? "";
export const notices = document.getElementById("notices");
export const page = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

// A session: its token goes with every request.
function token() {
  return JSON.parse(body.getAttribute("hx-headers") ?? "{}")["X-CSRF-Token"] ?? "";
}

function take(renewed) {
  body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": renewed }));
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = renewed;
}

// True when the browser's session is, perhaps again, that of the person who opened this page.
async function renew() {
  const answer = await fetch("/session", { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return false;
  if (answer.headers.get("X-Actor") !== actor) {
    tell("session", "登录的已是另一位用户；为免记在他人名下，本页不再保存，请重新打开页面");
    return false;
  }
  take(answer.headers.get("X-CSRF-Token"));
  clear("session");
  return true;
}

// The dialog to sign in again, without leaving the page.
let waiting = null;

function opened() {
  const made = document.getElementById("sign-in-again-form")?.content.cloneNode(true).firstElementChild;
  if (made) body.append(made);
  return made;
}

export function signInAgain() {
  waiting ??= new Promise((resolve) => {
    const dialog = opened();
    if (!dialog) return resolve(false);
    const notice = dialog.querySelector(".notice");
    const form = dialog.querySelector("form");
    dialog.show();
    if (!document.activeElement?.matches("input, textarea, select")) form.elements.password.focus();
    const end = (signedIn) => {
      waiting = null;
      dialog.remove();
      resolve(signedIn);
    };
    dialog.querySelector("[data-later]").onclick = () => end(false);
    form.onsubmit = async (event) => {
      event.preventDefault();
      const sent = new URLSearchParams(new FormData(form));
      const answer = await fetch("/sign-in", { method: "POST", body: sent, headers: { "HX-Request": "true" } }).catch(() => null);
      if (answer?.ok && (await renew())) return end(true);
      notice.textContent = answer ? reasonIn(await answer.text(), answer) : REASONS[0];
      if (answer?.ok) notice.textContent = "请用打开本页的账号登录";
      notice.hidden = false;
    };
  });
  return waiting;
}

// The reason of a refusal: from the answer, else from its status.
export function reasonIn(text, answer) {
  const type = answer.headers?.get("content-type") ?? answer.type ?? "";
  if (type.includes("json")) {
    try {
      const problem = JSON.parse(text);
      const errors = (problem.errors ?? []).map((error) => error.message).filter((message) => message !== problem.detail);
      return [problem.detail, ...errors].filter(Boolean).join(" ") || meaning(answer.status);
    } catch {
      return meaning(answer.status);
    }
  }
  const parts = new DOMParser().parseFromString(text, "text/html").querySelectorAll(".notice.bad > p, .notice.bad li, p.notice.bad");
  return [...new Set([...parts].map((part) => part.textContent.trim()))].join(" ") || meaning(answer.status);
}

function meaning(status) {
  return REASONS[status] ?? (status >= 500 ? "系统出错，请稍后再试" : `未能完成（${status}）`);
}

// Send a form in the background; after an ended session is renewed, send it again.
export async function send(path, fields, onSessionOver = () => {}) {
  for (let attempt = 0; ; attempt += 1) {
    let answer;
    let text;
    try {
      const headers = { "HX-Request": "true", Accept: "text/html", "X-CSRF-Token": token() };
      answer = await fetch(path, { method: "POST", body: fields, headers, redirect: "manual" });
      text = await answer.text();
    } catch {
      return { ok: false, status: 0, text: "", reason: REASONS[0], again: 0 };
    }
    if (answer.ok) return { ok: true, status: answer.status, text };
    const forged = answer.status === 403 && answer.headers.get("X-Problem") === "csrf";
    if (attempt < 2 && forged && (await renew())) continue;
    if (attempt < 2 && answer.status === 401) {
      onSessionOver();
      if (await signInAgain()) continue;
    }
    const again = Number(answer.headers.get("Retry-After") ?? 0);
    return { ok: false, status: answer.status, text, reason: reasonIn(text, answer), again };
  }
}

// Show a refusal above the page until the same request succeeds, or the person closes it.
export function tell(key, text, title = "未完成") {
  clear(key);
  const notice = document.createElement("div");
  notice.className = "notice bad";
  notice.setAttribute("role", "alert");
  notice.dataset.request = key;
  const strong = document.createElement("strong");
  strong.textContent = title;
  const message = document.createElement("p");
  message.textContent = text;
  const away = document.createElement("button");
  away.className = "plain";
  away.type = "button";
  away.textContent = "知道了";
  away.onclick = () => notice.remove();
  notice.append(strong, message, away);
  notices.append(notice);
}

export function clear(key) {
  for (const notice of notices.querySelectorAll("[data-request]")) if (notice.dataset.request === key) notice.remove();
}

// The key of an htmx request.
function keyOf(detail) {
  const config = detail.requestConfig ?? {};
  const fields = config.parameters ?? {};
  const about = ["place", "same", "add", "remove", "empty", "unseen"].map((name) => fields[name]).filter((value) => typeof value === "string");
  return [config.verb, (config.path ?? "").split("?")[0], ...about].join(" ");
}

function refuse(detail, text) {
  const element = detail.elt;
  tell(keyOf(detail), text);
  const statusBox = element.closest?.(".q, td, th")?.querySelector(".said");
  if (!statusBox) return;
  statusBox.replaceChildren(Object.assign(document.createElement("span"), { className: "bad", textContent: `✗ 未完成：${text}` }));
}

function again(detail) {
  const event = detail.requestConfig.triggeringEvent;
  if (event?.type) window.htmx.trigger(detail.elt, event.type);
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.parameters.page = page;
  const shown = detail.elt.closest("[data-version]");
  if (shown && "version" in detail.parameters) detail.parameters.version = shown.dataset.version;
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { detail } = event;
  const answer = detail.xhr;
  if (answer.status < 400) return;
  // The answer is neither a page for signing in nor a fragment: show it here.
  event.preventDefault();
  const summary = { status: answer.status, type: answer.getResponseHeader("content-type") ?? "" };
  const reason = reasonIn(answer.responseText, summary);
  if (answer.status === 401) {
    refuse(detail, REASONS[401]);
    signInAgain().then((signedIn) => signedIn && again(detail));
  } else if (answer.status === 403 && answer.getResponseHeader("X-Problem") === "csrf") {
    refuse(detail, reason);
    renew().then((renewed) => renewed && again(detail));
  } else refuse(detail, reason);
});
for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(lost, ({ detail }) => refuse(detail, `${REASONS[0]}，未能完成；请在网络恢复后重试`));
}
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful) clear(keyOf(detail));
});


for (const field of document.querySelectorAll("input[type=hidden][name=page]")) field.value = page;
