// The place at which a photo is taken: only when the person has asked for it on this device and the browser allows it.
const ASKED = "grading-place", FRESH = 60_000, PATIENCE = 15_000;
const box = document.getElementById("with-place");

function textOf({ latitude, longitude, accuracy }) {
  return `${longitude.toFixed(5)},${latitude.toFixed(5)}±${Math.round(accuracy)}`;
}

export function findPlace() {
  if (!box?.checked || !navigator.geolocation) return Promise.resolve("");
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        tell(`位置：${textOf(coords)} 米`);
        resolve(textOf(coords));
      },
      ({ code }) => {
        tell(code === 1 ? "浏览器没有允许使用位置" : "现在得不到位置，将不记录");
        resolve("");
      },
      { enableHighAccuracy: true, maximumAge: FRESH, timeout: PATIENCE },
    );
  });
}

function tell(text) {
  document.getElementById("place-said").textContent = text;
}

if (box) {
  box.checked = localStorage.getItem(ASKED) === "1";
  box.onchange = () => {
    localStorage.setItem(ASKED, box.checked ? "1" : "");
    if (box.checked) findPlace();
    else tell("");
  };
}
