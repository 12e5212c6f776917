// Goes on with a renewal of verdicts while its page is open, and shows how far it is. Without this file the button "继续更新" does the same, some steps at a time.

const PAUSE = 300; // milliseconds in which others get their turn
const LONGER = 3000; // where nothing moved: somebody else is at work, or this reader only looks on
const PATIENCE = 40; // rounds without a change before the button has to be pressed

let still = 0;

const section = () => document.getElementById("renewal");
const status = () => section().querySelector(".renewal-status");
const form = () => section().querySelector("form");

const next = async () => {
  const before = status().textContent;
  try {
    const own = form();
    const answer = await (own ? fetch(own.action, { method: "POST", body: new FormData(own) }) : fetch(location.pathname));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.getElementById("renewal")) throw new Error(section().dataset.failed);
    take(page);
  } catch {
    status().textContent = section().dataset.failed;
    return;
  }
  const now = status()?.textContent;
  still = now === before ? still + 1 : 0;
  if (now && still < PATIENCE) setTimeout(next, still || !form() ? LONGER : PAUSE);
};

// Only what tells of the renewal is replaced, so that what somebody types below stays.
const take = (page) => {
  for (const id of ["renewal", "counts"]) {
    const fresh = page.getElementById(id);
    if (fresh) document.getElementById(id)?.replaceWith(fresh);
  }
  const said = page.querySelector(".flash");
  if (said && !status()) section().append(said);
};

if (status()) setTimeout(next, PAUSE);
