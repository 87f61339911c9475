// Keeps the text that a person is typing when the part of the page around it is replaced.
const FIELDS = "input:not([type=hidden]):not([type=file]), textarea, select";
let held = [];

function isChanged(field) {
  if (field.matches("[type=radio], [type=checkbox]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function hold(field) {
  const active = field === document.activeElement;
  const selection = active && typeof field.selectionStart === "number" ? [field.selectionStart, field.selectionEnd] : null;
  return { id: field.id, name: field.name, kind: field.type, chosen: field.value, checked: field.checked, changed: isChanged(field), active, selection };
}

function find({ id, name, kind, chosen }) {
  const named = [...document.querySelectorAll(FIELDS)].filter((field) => field.name === name && (!id || field.id === id));
  return ["radio", "checkbox"].includes(kind) ? named.find((field) => field.value === chosen) : named[0];
}

document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const fields = detail.target.matches(FIELDS) ? [detail.target] : [...detail.target.querySelectorAll(FIELDS)];
  held = fields.map(hold).filter((field) => field.active || (field.changed && field.name && !detail.target.matches(FIELDS)));
});
document.addEventListener("htmx:oobAfterSwap", () => {
  for (const was of held) {
    const field = find(was);
    if (!field) continue;
    if (was.changed && ["radio", "checkbox"].includes(was.kind)) field.checked = was.checked;
    else if (was.changed) field.value = was.chosen;
    if (was.active) {
      field.focus({ preventScroll: true });
      if (was.selection) field.setSelectionRange(...was.selection);
    }
  }
  held = [];
});
