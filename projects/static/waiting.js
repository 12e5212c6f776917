// Looks every two seconds how far a file is read or a ledger posted, and shows the page anew once it is. Without this file the browser does.

const look = async () => {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const fresh = page.getElementById("waiting");
    if (!fresh) {
      location.reload();
      return;
    }
    document.getElementById("waiting").replaceChildren(...fresh.childNodes);
  } catch {
    // no network for a moment
  }
  setTimeout(look, 2000);
};

setTimeout(look, 2000);
