// Stores a copy of the open form as it was last saved, so that it opens without a network; only of the person's own forms.
import { setOfflineUse } from "./pending.js";
import { actor } from "./requests.js";

const COPIES = "forms-", mine = `${COPIES}${actor}`;
const form = document.getElementById("answers");
const NOT_COPIED = "#unsaved, #sign-in-again, #notices [data-request], #clashes > *, .waiting";
let due = 0;

// The page as the service would show it: fields with their saved values, without this browser's own messages.
function copied() {
  const root = document.documentElement.cloneNode(true);
  for (const element of root.querySelectorAll(NOT_COPIED)) element.remove();
  for (const statusBox of root.querySelectorAll(".said")) statusBox.replaceChildren();
  return `<!doctype html>\n${root.outerHTML}`;
}

async function copy() {
  const files = await caches.match("/static/offline.html");
  if (!files) return;
  const headers = new Headers(files.headers);
  for (const name of ["content-length", "etag", "last-modified"]) headers.delete(name);
  headers.set("permissions-policy", form.dataset.permissions);
  const cache = await caches.open(mine);
  await cache.put(location.pathname, new Response(copied(), { headers }));
  setOfflineUse("可离线使用");
}

function copySoon() {
  clearTimeout(due);
  due = setTimeout(() => copy().catch(() => setOfflineUse("浏览器没有空间，不能离线打开")), 300);
}

async function forgetCopies(which) {
  for (const name of await caches.keys()) if (name.startsWith(COPIES) && which(name)) await caches.delete(name);
}

// Delete the copies before the page is left.
async function signOut(event) {
  event.preventDefault();
  event.target.removeEventListener("submit", signOut);
  await forgetCopies(() => true).catch(() => {});
  event.target.requestSubmit();
}

if ("serviceWorker" in navigator && window.caches) {
  // Delete the copies of persons who used this browser before.
  await forgetCopies((name) => name !== mine);
  document.querySelector("form.who")?.addEventListener("submit", signOut);
  await navigator.serviceWorker.register("/service-worker.js").catch(() => {});
  const path = /^\/audits\/[0-9a-f-]+/.exec(location.pathname)?.[0];
  if (form && location.pathname.endsWith("/form")) {
    await navigator.serviceWorker.ready;
    copySoon();
    document.addEventListener("form:saved", copySoon);
    document.addEventListener("htmx:oobAfterSwap", copySoon);
  } else if (path && !document.querySelector(`a[href^="${path}/form"]`)) await (await caches.open(mine)).delete(`${path}/form`);
} else if (form) setOfflineUse("这个浏览器或这样的地址（不是 https）不能离线打开，断网时请勿关闭本页");
