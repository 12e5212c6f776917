// Links the marks in the text with the proposals beside it, by mouse and keyboard. Without this file both can be read and used.

const cards = [...document.querySelectorAll(".proposal")];
const marks = [...document.querySelectorAll(".reading mark[data-cards]")];
const box = document.querySelector(".reading .text");

function here(id, from) {
  for (const one of cards) one.classList.toggle("here", one.id === `p-${id}`);
  for (const one of marks) one.classList.toggle("here", one.dataset.cards.split(" ").includes(id));
  const card = document.getElementById(`p-${id}`);
  const mark = marks.find((one) => one.classList.contains("here"));
  if (from !== "text" && mark && box) box.scrollTop = mark.offsetTop - box.offsetTop - box.clientHeight / 3;
  if (from === "text" && card) card.scrollIntoView({ block: "nearest" });
}

for (const one of cards) one.addEventListener("focusin", () => here(one.id.slice(2), "card"));
for (const one of marks) {
  one.addEventListener("click", () => {
    const id = one.dataset.cards.split(" ")[0];
    here(id, "text");
    document.getElementById(`p-${id}`)?.focus({ preventScroll: true });
  });
}

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = cards.indexOf(document.activeElement?.closest(".proposal"));
  if (event.key === "n" || event.key === "p") {
    const step = event.key === "n" ? 1 : -1;
    const open = cards.filter((one, place) => one.classList.contains("open") && (step > 0 ? place > at : at < 0 || place < at));
    (step > 0 ? open[0] : open.at(-1))?.focus();
  } else if (at >= 0 && event.key === "a") {
    cards[at].querySelector(".tools button:not(.second)")?.click();
  } else if (at >= 0 && event.key === "e") {
    cards[at].querySelector(".tools a")?.click();
  } else return;
  event.preventDefault();
});

// What is selected in the text is what a person adds by hand.
document.addEventListener("selectionchange", () => {
  const chosen = document.getSelection();
  const words = chosen?.toString().trim() ?? "";
  const field = document.querySelector("#missed ~ form textarea");
  if (field && box && words && words.length <= 200 && box.contains(chosen.anchorNode)) field.value = words;
});
