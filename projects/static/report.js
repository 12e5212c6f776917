// Keeps the preview of a month's report fresh while somebody types. The server computes it; without this file the button "预览" does the same.

const form = document.getElementById("report");
const target = document.getElementById("preview");
const token = document.querySelector('meta[name="csrf-token"]').content;
const PAUSE = 600; // milliseconds without a keystroke before the server is asked

if (form && target) {
  let timer = 0;
  let asking = null;
  let changed = "dirty" in form.dataset; // what came back refused is not stored anywhere yet

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-CSRFToken": token },
        signal: asking.signal,
        redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      target.innerHTML = await answer.text(); // the same escaped piece that the page is made of
    } catch (problem) {
      if (problem.name !== "AbortError") target.textContent = target.dataset.failed;
    }
  };

  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  form.addEventListener("submit", () => {
    changed = false;
    clearTimeout(timer);
  });
  window.addEventListener("beforeunload", (leaving) => {
    if (changed) leaving.preventDefault();
  });
  ask();
}
