// Forms of which this device has a copy, listed without a network.
const list = document.getElementById("forms");
for (const name of await caches.keys()) {
  if (!name.startsWith("forms-")) continue;
  const copies = await caches.open(name);
  for (const request of await copies.keys()) {
    const text = await (await copies.match(request)).text();
    const title = new DOMParser().parseFromString(text, "text/html").querySelector("h1")?.textContent;
    const line = document.createElement("li");
    line.append(Object.assign(document.createElement("a"), { href: new URL(request.url).pathname, textContent: title ?? "核查表" }));
    list.append(line);
  }
}
document.getElementById("none").hidden = list.childElementCount > 0;
// A form that is being opened isn't called back.
let leaving = false;
window.addEventListener("beforeunload", () => { leaving = true; });
window.addEventListener("online", () => { if (!leaving) location.reload(); });
