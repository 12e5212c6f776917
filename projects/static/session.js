// Warns two minutes before the session rests too long, and lets it go on. Without this file the session simply ends; the server decides either way.

const box = document.getElementById("session");
const AHEAD = 120; // seconds
const MOST = 2 ** 31 - 1; // the longest wait a browser takes, in milliseconds

if (box) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const [warn, over, count, more] = [".warn", ".over", ".count", ".extend"].map((name) => box.querySelector(name));
  let end = 0;
  let ticking = 0;
  let waiting = 0;

  const left = () => Math.max(0, Math.round((end - Date.now()) / 1000));

  const plan = (seconds) => {
    end = Date.now() + 1000 * seconds;
    clearInterval(ticking);
    clearTimeout(waiting);
    waiting = setTimeout(ask, Math.min(MOST, Math.max(0, 1000 * (seconds - AHEAD))));
  };

  const shut = () => {
    clearInterval(ticking);
    warn.hidden = more.hidden = true;
    over.hidden = false;
    if (!box.open) box.showModal();
  };

  const tick = () => {
    const seconds = left();
    count.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds === 0) ask();
  };

  const answer = async (address, options) => {
    const got = await fetch(address, { redirect: "manual", ...options });
    return got.ok ? (await got.json()).seconds : 0; // a redirect to the sign-in page: the session is over
  };

  // Another window may have kept the session alive, so the server is asked before anybody is warned.
  const ask = async () => {
    clearInterval(ticking);
    try {
      const seconds = await answer(box.dataset.left);
      if (seconds > AHEAD) {
        if (box.open) box.close();
        plan(seconds);
      } else if (seconds === 0) {
        shut();
      } else {
        end = Date.now() + 1000 * seconds;
        if (!box.open) box.showModal();
        tick();
        ticking = setInterval(tick, 1000);
      }
    } catch {
      waiting = setTimeout(ask, 10000); // no network for a moment
    }
  };

  more.addEventListener("click", async () => {
    const seconds = await answer(box.dataset.extend, { method: "POST", headers: { "X-CSRFToken": token } });
    if (seconds === 0) shut();
    else {
      box.close();
      plan(seconds);
    }
  });
  box.querySelector(".close").addEventListener("click", () => box.close());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && left() < AHEAD && !ticking) ask(); // timers sleep with the machine
  });
  plan(Number(box.dataset.seconds));
}
