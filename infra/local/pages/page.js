// Brings new messages into the list without touching the one that is being read.
const list = document.getElementById("list");
const opened = document.getElementById("opened");
let latest = Number(opened.dataset.latest);

async function refresh() {
  if (document.hidden) return;
  const newest = await (await fetch("/outbox/latest")).json();
  if (newest === latest) return;
  if (newest < latest) return location.assign("/outbox"); // the runner was started anew
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const fresh = page.getElementById("list");
  const reading = list.querySelector("[aria-current]")?.dataset.number;
  for (const row of fresh.children) {
    if (Number(row.dataset.number) > latest) row.classList.add("fresh");
    if (reading) row.toggleAttribute("aria-current", row.dataset.number === reading);
  }
  list.replaceChildren(...fresh.childNodes);
  if (!reading) opened.replaceChildren(...page.getElementById("opened").childNodes);
  latest = newest;
}

setInterval(() => refresh().catch(() => {}), 1500); // a runner that has stopped is no error of the page
