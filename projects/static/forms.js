// Lets a form's buttons rest while it is being sent. Without this file a second click is sent too, and the server gives it the first one's answer.

const LONGEST = 20000; // milliseconds; a request that was broken off tells nobody
const SENDS = "button:not([type=button]):enabled, input[type=submit]:enabled";
const resting = new Map(); // form → the buttons that rest

const rest = (form) => {
  const buttons = [...form.elements].filter((one) => one.matches(SENDS));
  resting.set(form, buttons);
  form.setAttribute("aria-busy", "true");
  setTimeout(() => { // once the browser has noted which button was pressed
    for (const button of buttons) button.disabled = resting.get(form) === buttons;
  });
  setTimeout(() => resting.get(form) === buttons && wake(form), LONGEST);
};

const wake = (form) => {
  for (const button of resting.get(form)) button.disabled = false;
  resting.delete(form);
  form.removeAttribute("aria-busy");
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (resting.has(form)) event.preventDefault();
  else if (!event.defaultPrevented && form.method === "post" && !form.target) rest(form); // others are sent by scripts, open a tab, or only ask for a page or a file
});

// A page that comes back (by the browser's own button, out of its memory) is ready again.
window.addEventListener("pageshow", () => [...resting.keys()].forEach(wake));
