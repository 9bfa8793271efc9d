"use strict";
// Nothing here is needed to read the report: without it, clips have their own controls and time lines their buttons.
const ZOOMS = "input[name^=zoom]";

function play(link) {
  const clip = document.querySelector(`#${link.dataset.clip} :is(video, audio)`);
  if (!clip) return false;
  const stage = link.closest(".timeline")?.querySelector(".stage");
  let shown = clip;
  if (stage) {
    shown = clip.cloneNode();
    const back = document.createElement("a");
    back.href = link.getAttribute("href");
    back.textContent = "The finding";
    const words = document.createElement("p");
    words.append(clip.closest(".clip").querySelector(".caption").textContent + " ", back);
    stage.replaceChildren(shown, words);
  } else {
    for (let e = clip; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
  }
  shown.scrollIntoView({ block: "nearest" });
  shown.currentTime = 0;
  shown.play().catch(() => {});
  return true;
}

function zoom(axis, step, at = 0.5) {
  const all = [...axis.closest(".timeline").querySelectorAll(ZOOMS)];
  const now = all.findIndex((z) => z.checked);
  const next = step === 0 ? 0 : Math.min(all.length - 1, Math.max(0, now + step));
  if (next === now) return;
  const names = axis.querySelector(".name").getBoundingClientRect().width;
  const seen = axis.clientWidth - names;
  const middle = (axis.scrollLeft + seen * at) / (axis.scrollWidth - names);
  all[next].checked = true;
  axis.scrollLeft = middle * (axis.scrollWidth - names) - seen * at;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-clip]");
  if (link && !event.ctrlKey && !event.metaKey && play(link)) event.preventDefault();
});

document.addEventListener("play", (event) => {
  for (const other of document.querySelectorAll("video, audio")) if (other !== event.target) other.pause();
}, true);

for (const axis of document.querySelectorAll(".axis")) {
  axis.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = axis.getBoundingClientRect(), names = axis.querySelector(".name").getBoundingClientRect().width;
    zoom(axis, event.deltaY < 0 ? 1 : -1, Math.max(0, (event.clientX - box.left - names) / (box.width - names)));
  }, { passive: false });
  axis.addEventListener("keydown", (event) => {
    const step = { "+": 1, "=": 1, "-": -1, "0": 0 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    zoom(axis, step);
  });
}
