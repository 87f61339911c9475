// Keeps a copy of a form that is open, as it was last saved, so that it opens without a network; of one's own forms alone.
import { setOfflineUse } from "./pending.js";
import { actor } from "./requests.js";

const COPIES = "forms-", mine = `${COPIES}${actor}`;
const form = document.getElementById("answers");
const NOT_COPIED = "#unsaved, #sign-in-again, #notices [data-request], #clashes > *, .waiting";
let due = 0;

// The page as the service would show it: fields with what is saved, without what this browser told meanwhile.
function copied() {
  const root = document.documentElement.cloneNode(true);
  for (const told of root.querySelectorAll(NOT_COPIED)) told.remove();
  for (const said of root.querySelectorAll(".said")) said.replaceChildren();
  return `<!doctype html>\n${root.outerHTML}`;
}

async function copy() {
  const files = await caches.match("/static/offline.html");
  if (!files) return;
  const headers = new Headers(files.headers);
  for (const name of ["content-length", "etag", "last-modified"]) headers.delete(name);
  headers.set("permissions-policy", form.dataset.permissions);
  const kept = await caches.open(mine);
  await kept.put(location.pathname, new Response(copied(), { headers }));
  setOfflineUse("可离线使用");
}

function copySoon() {
  clearTimeout(due);
  due = setTimeout(() => copy().catch(() => setOfflineUse("浏览器没有空间，不能离线打开")), 300);
}

async function forgetCopies(which) {
  for (const name of await caches.keys()) if (name.startsWith(COPIES) && which(name)) await caches.delete(name);
}

// The copies go before the page does.
async function signOut(event) {
  event.preventDefault();
  event.target.removeEventListener("submit", signOut);
  await forgetCopies(() => true).catch(() => {});
  event.target.requestSubmit();
}

if ("serviceWorker" in navigator && window.caches) {
  // Copies of who used this browser before are theirs.
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
