// Keys of the review page. What they do can be done with the mouse too; docs/how-to/editing.md lists them.
(() => {
  "use strict";

  const typing = (element) => element.closest("input, textarea, select");

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest(".field");
    if (field) return inField(event, field);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "n") focus(next(".segment.remarked"));
    else if (event.key === "a") { event.preventDefault(); focus(document.querySelector("#decision input:not([type=hidden]), #decision button")); }
    else if (event.key === "p") document.querySelector("[data-preview]")?.click();
    else if (event.key === "?") { const keys = document.getElementById("keys"); keys.open = !keys.open; keys.scrollIntoView({ block: "nearest" }); }
  });

  function inField(event, field) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      field.querySelector("[data-save]").click();
    } else if (event.key === "Escape") {
      event.target.blur();
      focus(field.closest(".segment").nextElementSibling?.querySelector("a[data-row]"));
    }
  }

  function next(selector) {
    const all = [...document.querySelectorAll(selector)];
    const at = all.findIndex((segment) => segment.contains(document.activeElement));
    return all[(at + 1) % (all.length || 1)]?.querySelector("a[data-row], textarea");
  }

  function focus(element) {
    if (!element) return;
    element.focus();
    element.scrollIntoView({ block: "nearest" });
  }

  // "Use" puts a sentence from the memory into the field, where it is checked like anything typed.
  document.addEventListener("click", (event) => {
    const use = event.target.closest("[data-use]");
    if (!use) return;
    const field = use.closest(".field").querySelector("textarea");
    field.value = use.dataset.use;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  // After the sheet was replaced the focus is where the work was: in the open field, else on the sentence last opened.
  let last = "";
  document.addEventListener("focusin", (event) => { last = event.target.closest(".segment")?.id || last; });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "sheet") return;
    const segment = document.getElementById(last);
    focus(segment?.querySelector("textarea") || segment?.querySelector("a[data-row]"));
  });
})();
