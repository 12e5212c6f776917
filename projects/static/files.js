// Uploads without leaving the page, so that what is typed above stays as it is. Without this file the form opens a page of its own.

const wire = (root) => {
  for (const form of root.querySelectorAll("form[data-files]")) form.addEventListener("submit", send);
};

const send = async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const status = form.querySelector(".files-status");
  const button = form.querySelector("button");
  const section = form.closest(".files-section");
  status.textContent = form.dataset.busy;
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("files");
    const problems = page.getElementById("files-problems");
    if (!fresh) throw new Error(page.querySelector("main p")?.textContent ?? "");
    if (answer.ok || problems) {
      const [own, once] = ["next", "once"].map((name) => fresh.querySelector(`form[data-files] input[name=${name}]`));
      const back = form.querySelector("input[name=next]").value;
      const grid = fresh.querySelector("ul.files");
      const shown = section.querySelector("ul.files, .empty");
      if (grid && shown) shown.replaceWith(grid);
      else if (grid) form.before(grid);
      section.querySelector(".summary")?.remove();
      problems?.querySelector("a")?.closest("p").remove(); // the page it leads back to is this one
      if (problems) form.before(problems);
      for (const input of section.querySelectorAll("ul.files input[name=next]")) input.value = back;
      if (own) own.value = back;
      if (once) form.querySelector("input[name=once]").value = once.value; // what is sent next is another form
      form.reset();
      status.textContent = page.querySelector(".flash")?.textContent ?? "";
    }
  } catch (problem) {
    status.textContent = problem.message || form.dataset.failed;
  }
  button.disabled = false;
};

wire(document);
