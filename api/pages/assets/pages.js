// Tells the style sheet that scripts run: it hides parts for browsers without them.
document.documentElement.classList.add("scripted");
