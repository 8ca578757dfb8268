// Wipes what somebody left behind after a time without a touch, and counts down in sight.
(() => {
  "use strict";
  const SOON_S = 10;
  let last = Date.now();

  const screen = () => document.getElementById("screen");
  const put = (id, text) => {
    const found = document.getElementById(id);
    if (found && found.textContent !== text) found.textContent = text;
  };

  // Nothing stays in this page, nor in what the browser may keep of it.
  const wipe = () => {
    const start = screen()?.dataset.start;
    screen()?.replaceChildren();
    if (start) location.replace(start);
  };

  const tick = () => {
    const idle = Number(screen()?.dataset.idle);
    if (!idle) {
      last = Date.now();
      return;
    }
    const left = Math.ceil(idle - (Date.now() - last) / 1000);
    put("clock", String(Math.max(0, left)));
    put("soon", left <= SOON_S ? document.getElementById("soon")?.dataset.said ?? "" : "");
    if (left <= 0) wipe();
  };

  const touched = () => {
    last = Date.now();
    tick();
  };

  // What a scanner types goes into its field, whatever was touched last.
  const scanning = (event) => {
    const field = document.getElementById("scan");
    const isText = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (field && isText && event.key !== " " && document.activeElement !== field) field.focus();
  };

  const ready = () => {
    const button = document.getElementById("print");
    if (button) {
      button.hidden = false;
      button.onclick = () => window.print();
    }
    touched();
  };

  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    addEventListener(kind, touched, { capture: true, passive: true });
  }
  addEventListener("keydown", scanning);
  document.addEventListener("htmx:after:swap", ready);
  document.addEventListener("htmx:error", () => {
    const said = document.getElementById("offline");
    if (said) said.hidden = false;
  });
  addEventListener("pagehide", () => screen()?.replaceChildren());
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  setInterval(tick, 250);
  ready();
})();
