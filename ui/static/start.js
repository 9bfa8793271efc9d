"use strict";
// Checks that this browser started and that the tool still holds: only their addresses are remembered here.
(async () => {
  const KEY = "verifier-desks";
  const known = JSON.parse(localStorage.getItem(KEY) || "[]");
  const kept = [];
  const list = document.querySelector("#recent ul");
  for (const token of known) {
    const answer = await fetch(`/desk/${token}/state`).catch(() => null);
    if (!answer || !answer.ok) continue;
    const desk = await answer.json();
    if (!desk) continue;
    kept.push(token);
    const link = document.createElement("a"), item = document.createElement("li");
    link.href = `${desk.path}/#${token}`;
    link.textContent = desk.what;
    item.append(link, ` ${desk.state}`);
    list.append(item);
  }
  document.querySelector("#recent").hidden = !kept.length;
  localStorage.setItem(KEY, JSON.stringify(kept));
})();
