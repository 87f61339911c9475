// Lets forms that were opened on this device be opened without a network. Other requests pass unchanged.
const FILES = "files", PATIENCE = 10_000;
const NEEDED = [
  "offline.html", "offline-forms.js", "pages.css", "pages.js", "htmx.min.js", "swapping.js", "requests.js", "outbox.js",
  "answers.js", "defaults.js", "elsewhere.js", "figures.js", "pending.js", "place.js", "evidence.js", "offline.js", "mark.svg",
  "manifest.webmanifest", "mark-192.png",
].map((name) => `/static/${name}`);

self.addEventListener("install", (event) => {
  const copied = caches.open(FILES).then((files) => files.addAll(NEEDED));
  event.waitUntil(copied.then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (NEEDED.includes(pathname)) event.respondWith(file(request, pathname));
  else if (request.mode === "navigate") event.respondWith(page(request, pathname));
});

// The network's answer; where there is a copy, the copy if the answer is slow.
function fresh(request, copy) {
  const answer = fetch(request);
  if (!copy) return answer;
  answer.catch(() => {});
  return Promise.race([answer, new Promise((_, reject) => setTimeout(reject, PATIENCE))]);
}

async function file(request, pathname) {
  const files = await caches.open(FILES);
  const copy = await files.match(pathname);
  try {
    const answer = await fresh(request, copy);
    if (answer.ok) await files.put(pathname, answer.clone());
    return answer;
  } catch {
    return copy ?? Response.error();
  }
}

async function page(request, pathname) {
  const copy = await caches.match(pathname);
  try {
    return await fresh(request, copy);
  } catch {
    return copy ?? (await caches.match("/static/offline.html")) ?? Response.error();
  }
}
