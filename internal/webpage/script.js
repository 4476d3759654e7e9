// All pages work without this: it moves the focus by keys, asks in a dialog, and keeps what is open up to date.
"use strict";
const $ = (s, in_ = document) => in_.querySelector(s), all = (s, in_ = document) => [...in_.querySelectorAll(s)];

// A data type that is chosen has the form drawn again, with the choices that it has.
document.addEventListener("change", e => { if (e.target.matches("[data-redraw]")) $("button[name=redraw]", e.target.form)?.click(); });
all("button[name=redraw]").forEach(b => b.hidden = true);

// What must be confirmed is asked in a dialog that holds the page of the same question.
document.addEventListener("click", async e => {
  const a = e.target.closest("a[data-ask]");
  if (!a || e.ctrlKey || e.metaKey || e.shiftKey || !window.HTMLDialogElement) return;
  e.preventDefault();
  try {
    const answer = await fetch(a.href, {headers: {Accept: "text/html"}});
    const question = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-question]");
    if (!answer.ok || !question) throw new Error("no question");
    const d = document.createElement("dialog"), title = question.querySelector("h1");
    d.append(question);
    if (title) { const h = document.createElement("h2"); h.textContent = title.textContent; h.id = "question"; title.replaceWith(h); d.setAttribute("aria-labelledby", "question"); }
    document.body.append(d);
    all("a[data-back]", d).forEach(b => b.addEventListener("click", e => { e.preventDefault(); d.close(); }));
    d.addEventListener("close", () => { d.remove(); a.focus(); });
    d.showModal();
  } catch { location.href = a.href; }
});

// Chosen recipients are counted on the button.
for (const form of all("form[data-count]")) {
  const button = $("button[data-word]", form), none = button.textContent;
  const count = () => { const n = all("input[name=delivery]:checked", form).length; button.textContent = n ? button.dataset.word.replace("{0}", n) : none; button.disabled = n === 0; };
  form.addEventListener("change", count);
  count();
}

// A live part is fetched again while somebody looks; it changes only if its text did, and no focus is lost.
let tag = "";
async function refresh() {
  const part = $("[data-live]");
  if (!part || document.hidden || $("dialog[open]") || part.contains(document.activeElement) && document.activeElement !== part) return;
  try {
    const answer = await fetch(location.href, {headers: tag ? {"If-None-Match": tag} : {}});
    if (answer.status !== 200) return;
    tag = answer.headers.get("ETag") || "";
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    if (!now || now.textContent === part.textContent) return;
    all("details", part).forEach((d, i) => { const other = all("details", now)[i]; if (other) other.open = d.open; });
    const said = $("h1", now)?.textContent !== $("h1", part)?.textContent ? $("h1", now)?.textContent : "";
    part.replaceWith(now);
    if (said) $("#said").textContent = said;
  } catch { /* the next time */ }
}
if ($("[data-live]")) setInterval(refresh, 10000);

// Keys: g and a letter goes, / filters, j and k move the focus, ? says so. Arrows scroll as ever.
let gone = 0;
document.addEventListener("keydown", e => {
  if (document.body.dataset.keys === "off" || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  const go = {o: "/", r: "/reports", l: "/deliveries", k: "/calendar", a: "/activity", s: "/system"};
  if (Date.now() - gone < 1500 && go[e.key]) { gone = 0; location.href = go[e.key]; return; }
  gone = e.key === "g" ? Date.now() : 0;
  if (e.key === "/") { const f = $("input[type=search], main form input:not([type=hidden])"); if (f) { e.preventDefault(); f.focus(); } }
  if (e.key === "?") { location.href = "/account#keys"; }
  if (e.key === "j" || e.key === "k") {
    const list = all("main a[href], main button, main input, main summary").filter(x => x.offsetParent);
    const at = list.indexOf(document.activeElement) + (e.key === "j" ? 1 : -1);
    list[Math.max(0, Math.min(list.length - 1, at))]?.focus();
  }
});
