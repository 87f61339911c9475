// What is not saved yet, in the browser's own database until it is: closing the page loses none.
const NAME = "grading", VERSION = 2;
let opening = null;

function database() {
  opening ??= new Promise((resolve) => {
    if (!window.indexedDB) return resolve(null);
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      for (const store of ["unsaved", "files"]) {
        if (!asked.result.objectStoreNames.contains(store)) asked.result.createObjectStore(store, { keyPath: "id" });
      }
    };
    asked.onsuccess = () => {
      // A page of a later version must not wait for this one.
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => resolve(null);
  });
  return opening;
}

class Outbox {
  constructor(store) {
    this.store = store;
    this.without = new Map(); // Where there is no database (some private windows), for as long as the page is open.
  }

  async run(mode, act) {
    const open = await database();
    if (!open) return null;
    return new Promise((resolve, reject) => {
      const change = open.transaction(this.store, mode);
      const asked = act(change.objectStore(this.store));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  }

  async keep(record) {
    this.without.set(record.id, record);
    await this.run("readwrite", (store) => store.put(record));
  }

  async forget(id) {
    this.without.delete(id);
    await this.run("readwrite", (store) => store.delete(id));
  }

  // Of all audits; never what another person typed in the same browser.
  async of(actor) {
    const kept = (await this.run("readonly", (store) => store.getAll())) ?? [...this.without.values()];
    return kept.filter((record) => record.actor === actor).sort((one, other) => one.at - other.at);
  }
}

export const answers = new Outbox("unsaved");
export const files = new Outbox("files");

export function idOf(actor, audit, name) {
  return JSON.stringify([actor, audit, name]);
}
