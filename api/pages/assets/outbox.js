// Unsaved answers in the browser's own database: closing the page loses none.
const NAME = "grading", VERSION = 2;
let opening = null;

function database() {
  opening ??= new Promise((resolve) => {
    if (!window.indexedDB) return resolve(null);
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const store of ["unsaved", "files"]) {
        if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store, { keyPath: "id" });
      }
    };
    request.onsuccess = () => {
      // A page of a later version must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => resolve(null);
  });
  return opening;
}

class Outbox {
  constructor(store) {
    this.store = store;
    this.without = new Map(); // Records where there is no database (some private windows), while the page is open.
  }

  async run(mode, act) {
    const open = await database();
    if (!open) return null;
    return new Promise((resolve, reject) => {
      const change = open.transaction(this.store, mode);
      const request = act(change.objectStore(this.store));
      change.oncomplete = () => resolve(request.result);
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

  // The records of a person in all audits; never those of another person in the same browser.
  async of(actor) {
    const records = (await this.run("readonly", (store) => store.getAll())) ?? [...this.without.values()];
    return records.filter((record) => record.actor === actor).sort((one, other) => one.at - other.at);
  }
}

export const answers = new Outbox("unsaved");
export const files = new Outbox("files");

export function idOf(actor, audit, name) {
  return JSON.stringify([actor, audit, name]);
}
