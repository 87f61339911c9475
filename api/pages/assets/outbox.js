// Answers that are not saved yet, in the browser's own database until they are: closing the page loses none.
const NAME = "grading", STORE = "unsaved";
const without = new Map(); // Where there is no database (some private windows), for as long as the page is open.
let opening = null;

function database() {
  opening ??= new Promise((resolve) => {
    if (!window.indexedDB) return resolve(null);
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
  });
  return opening;
}

async function run(mode, act) {
  const open = await database();
  if (!open) return null;
  return new Promise((resolve, reject) => {
    const asked = act(open.transaction(STORE, mode).objectStore(STORE));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

export function idOf(actor, audit, name) {
  return JSON.stringify([actor, audit, name]);
}

export async function keep(record) {
  without.set(record.id, record);
  await run("readwrite", (store) => store.put(record));
}

export async function forget(id) {
  without.delete(id);
  await run("readwrite", (store) => store.delete(id));
}

// What a person typed and was not saved, of all audits; never what another person typed in the same browser.
export async function unsaved(actor) {
  const kept = (await run("readonly", (store) => store.getAll())) ?? [...without.values()];
  return kept.filter((record) => record.actor === actor).sort((one, other) => one.at - other.at);
}
