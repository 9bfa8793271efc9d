"use strict";
// Players follow every time that is clicked; sessions side by side share one clock. One listener for all, as parts come and go.
(() => {
  const KEY = "verifier-desks", MOST_KNOWN = 12, APART = 0.25;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const videos = () => all("video[data-round]");
  const of = (round) => videos().find((v) => v.dataset.round === round);
  const clock = (s) => `${String(Math.floor(s / 60)).padStart(2, "0")}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

  // What was started is remembered by its address alone, so that the start page can lead back to it.
  const remember = () => {
    const token = location.hash.slice(1);
    if (!/^[0-9a-f]{32}$/.test(token) || !document.querySelector(".progress, .result")) return;
    const known = JSON.parse(localStorage.getItem(KEY) || "[]").filter((t) => t !== token);
    localStorage.setItem(KEY, JSON.stringify([token, ...known].slice(0, MOST_KNOWN)));
  };
  setInterval(remember, 2000);

  // A tool that was stopped in the middle of a check: said here, and looked for until it is back, with what had arrived.
  const LOST = "The tool does not answer. If it was stopped, start it again: files that had arrived are kept, and this page goes on by itself.";
  let lost = false;
  const listen = async () => {
    const progress = document.querySelector(".progress");
    if (!progress) return;
    const answer = await fetch(`/desk/${location.hash.slice(1)}/state`, { cache: "no-store" }).catch(() => null);
    if (answer && lost) return location.reload();
    if (answer || lost) return;
    lost = true;
    progress.prepend(Object.assign(document.createElement("p"), { className: "notes", role: "alert", textContent: LOST }));
  };
  setInterval(listen, 2000);

  const show = (round) => {
    for (const panel of all("[data-panel]")) panel.hidden = panel.dataset.panel !== round;
    for (const tab of all("[data-tab]")) tab.setAttribute("aria-selected", tab.dataset.tab === round);
  };

  const playClip = (button) => {
    const stage = button.closest(".card")?.querySelector(".stage");
    if (!stage || !button.dataset.clip) return;
    const clip = document.createElement("video");
    clip.controls = true;
    clip.src = button.dataset.clip;
    stage.replaceChildren(clip);
    clip.play().catch(() => {});
  };

  const seek = (button) => {
    const video = of(button.dataset.seek);
    if (!video || video.error) return playClip(button);
    show(video.dataset.round);
    const to = () => {
      const at = button.dataset.percent ? (Number(button.dataset.percent) / 100) * video.duration : Number(button.dataset.at);
      video.currentTime = Math.max(0, at - (button.dataset.until ? 1 : 0));
      if (button.dataset.until) video.dataset.until = Number(button.dataset.until) + 0.5;
      video.play().catch(() => {});
      video.scrollIntoView({ block: "nearest" });
    };
    video.readyState ? to() : video.addEventListener("loadedmetadata", to, { once: true });
    if (!video.readyState) video.addEventListener("error", () => playClip(button), { once: true });
  };

  // --- one clock for several players: each has its place on it, `offset` seconds late
  const together = () => document.querySelector(".together");
  const locked = () => together()?.querySelector('[data-together="lock"]').checked;
  const offset = (v) => Number(v.dataset.offset || 0);
  const lead = () => videos().find((v) => !v.error);
  const now = () => (lead() ? lead().currentTime - offset(lead()) : 0);
  const place = (at, except) => {
    for (const v of videos()) {
      const there = Math.min(Math.max(0, at + offset(v)), v.duration || Infinity);
      if (v !== except && v.readyState && Math.abs(v.currentTime - there) > APART) v.currentTime = there;
    }
  };
  const acts = {
    play: () => { place(now()); for (const v of videos()) if (v.currentTime < v.duration) v.play().catch(() => {}); },
    pause: () => videos().forEach((v) => v.pause()),
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-seek], [data-tab], button[data-together], a[data-pdf], .line .axis");
    if (!target) return;
    if (target.dataset.seek) seek(target);
    else if (target.dataset.tab) show(target.dataset.tab);
    else if (target.dataset.together) acts[target.dataset.together]();
    else if ("pdf" in target.dataset) { event.preventDefault(); pdf(target); }
    else {
      const box = target.querySelector(".wide").getBoundingClientRect(), video = of(target.closest(".line").dataset.round);
      if (video?.duration) video.currentTime = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * video.duration;
    }
  });

  document.addEventListener("input", (event) => {
    if (event.target.dataset.together === "at") place(Number(event.target.value));
    if (event.target.dataset.together === "lock" && locked()) {
      const base = lead() ? lead().currentTime : 0;
      for (const v of videos()) v.dataset.offset = v.currentTime - base;
    }
  });

  document.addEventListener("keydown", (event) => {
    const axis = event.target.closest?.(".line .axis"), step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const video = axis && of(axis.closest(".line").dataset.round);
    if (!video || !step || event.target !== axis) return;
    event.preventDefault();
    video.currentTime = Math.max(0, video.currentTime + step);
  });

  const follow = {
    timeupdate: (video) => {
      if (video.dataset.until && video.currentTime >= Number(video.dataset.until)) { delete video.dataset.until; video.pause(); }
      const line = all(".line").find((l) => l.dataset.round === video.dataset.round);
      const cursor = line?.querySelector(".cursor");
      if (cursor) cursor.style.left = `${(100 * video.currentTime) / video.duration}%`;
      if (!together() || video !== lead()) return;
      const bar = together().querySelector('[data-together="at"]');
      bar.max = Math.max(...videos().map((v) => (v.duration || 0) - offset(v)));
      bar.value = now();
      together().querySelector("output").textContent = clock(Math.max(0, now()));
    },
    seeked: (video) => { if (together() && locked()) place(video.currentTime - offset(video), video); },
    error: (video) => { cannot(video); },
  };
  follow.loadedmetadata = (video) => {
    follow.timeupdate(video);
    if (video.dataset.kind === "recording" && !video.videoWidth) cannot(video); // its sound alone would play, under a black picture
  };
  const cannot = (video) => { const words = video.parentElement.querySelector(".no-play"); if (words) { words.hidden = false; video.hidden = true; } };
  for (const [kind, does] of Object.entries(follow)) {
    document.addEventListener(kind, (event) => { if (event.target.matches?.("video[data-round]")) does(event.target); }, true);
  }

  // A PDF takes seconds to print, or cannot be: the button says so.
  const pdf = async (link) => {
    const words = link.textContent;
    link.textContent = "Printing …";
    const answer = await fetch(link.href).catch(() => null);
    link.textContent = words;
    if (!answer || !answer.ok) {
      const line = document.createElement("p");
      line.className = "notes";
      line.textContent = answer ? await answer.text() : "The tool is not running any more.";
      link.closest(".case").after(line);
      return;
    }
    const made = document.createElement("a");
    made.href = URL.createObjectURL(await answer.blob());
    made.download = link.getAttribute("download");
    document.body.append(made);
    made.click();
    made.remove();
    setTimeout(() => URL.revokeObjectURL(made.href), 60_000);
  };
})();
