"use strict";
// Checks that this browser started and that the tool still holds: only their addresses are remembered here.
(async () => {
  const answer = await fetch("/recent-cases").catch(() => null);
  const cases = answer?.ok ? await answer.json() : null;
  for (const found of cases || []) {
    const link = document.createElement("a"), item = document.createElement("li");
    link.href = `/cases/#${found.id}`;
    link.textContent = found.name || found.id;
    item.append(link, ` ${found.rounds} round${found.rounds === 1 ? "" : "s"}, opened ${found.created}${found.due ? ", a review is due" : ""}`);
    document.querySelector("#recent-cases ul").append(item);
  }
  document.querySelector("#recent-cases").hidden = !cases?.length;
})();
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
