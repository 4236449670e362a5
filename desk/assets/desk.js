// What the desk does in a browser beyond htmx: keys, and a word before something is lost or destroyed.
// No framework and no build: this file is what runs.
(() => {
  "use strict";

  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

  // "/" goes to the search field, "?" shows the keys of the page, j and k walk through the first list marked data-walk.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const field = document.querySelector("[data-search]");
      if (field) { event.preventDefault(); field.focus(); }
    } else if (event.key === "j" || event.key === "k") {
      walk(event.key === "j" ? 1 : -1);
    }
  });

  function walk(step) {
    const links = [...document.querySelectorAll("[data-walk] a[data-row]")];
    if (links.length === 0) return;
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + step))].focus();
  }

  // A menu at the top closes when one goes elsewhere; it opens, and closes, without this script too.
  const menus = () => document.querySelectorAll(".top details[open]");
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });

  // <form data-confirm="…"> asks before it is sent.
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // A part of the page that could not be fetched says so; a session that ended leads to the sign-in page by itself.
  document.addEventListener("htmx:sendError", () => tell(document.body.dataset.offline));
  function tell(words) {
    const place = document.getElementById("messages");
    if (!place || !words) return;
    const line = document.createElement("p");
    line.className = "message error";
    line.textContent = words;
    place.replaceChildren(line);
  }
})();
