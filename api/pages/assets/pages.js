// Says to the style sheet that scripts run: what only serves browsers without them is put away.
document.documentElement.classList.add("scripted");
