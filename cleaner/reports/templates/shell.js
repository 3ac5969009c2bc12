"use strict";
// Keeps the token of this run in the tab, out of the address, and asks for the page with it. Nothing is shown without.
(async () => {
  const given = /^#token=([A-Za-z0-9_-]+)$/.exec(location.hash);
  if (given) {
    sessionStorage.setItem("clean-token", given[1]);
    history.replaceState(null, "", location.pathname);
  }
  const say = (text) => { document.getElementById("say").textContent = text; };
  const token = sessionStorage.getItem("clean-token");
  if (!token) { say("Open the address that `clean review` has printed: it carries the key to this page."); return; }
  try {
    const answer = await fetch(location.pathname, { headers: { Authorization: "Bearer " + token }, cache: "no-store" });
    if (answer.status === 403) { say("This key is of another run. Open the address that `clean review` has printed last."); return; }
    const page = await answer.text();
    document.open();
    document.write(page);
    document.close();
  } catch {
    say("`clean review` has ended. Start it again, and open the address that it prints.");
  }
})();
