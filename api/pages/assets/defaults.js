// The values that a page was written with.

function written(field) {
  if (field.matches("select")) return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
  if (!field.matches("input")) return field.defaultValue;
  // A number or a day that can't be read is empty in its field.
  const fresh = Object.assign(document.createElement("input"), { type: field.type });
  fresh.value = field.defaultValue;
  return fresh.value;
}

// True of a field that a person has changed, perhaps before any script ran.
export function isChanged(field) {
  if (field.matches("[type=radio], [type=checkbox]")) return field.checked !== field.defaultChecked;
  return !field.matches("[type=file]") && field.value !== written(field);
}
