// Suggests places while one types. Without this file the server finds them when the form is sent.

const WAIT = 200; // milliseconds after the last letter

for (const input of document.querySelectorAll("input[data-places]")) {
  let waiting, asked = "";
  const list = document.getElementById(input.getAttribute("list"));
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const typed = input.value.trim();
      if (!typed || typed === asked || /\(\d{6}\)$/.test(typed)) return;
      asked = typed;
      const answer = await fetch(`${input.dataset.places}?${new URLSearchParams({ q: typed })}`, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok || typed !== input.value.trim()) return;
      const found = await answer.json();
      list.replaceChildren(...found.places.map((one) => new Option(one, one)));
    }, WAIT);
  });
}
