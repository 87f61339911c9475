// Says to the style sheet that scripts run: what only serves browsers without them is put away.
document.documentElement.classList.add("scripted");
// The workbook's form carries the version too, and is not a part that is swapped.
document.addEventListener("htmx:oobAfterSwap", () => {
  const version = document.getElementById("version");
  if (!version) return;
  for (const field of document.querySelectorAll("input.version")) field.value = version.value;
});
