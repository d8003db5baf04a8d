// The demo's page: one pane for each person, fed by one stream of events.
import { listen, loadPage } from "./api.js";
import { loadRenderer } from "./card.js";
import { avatar, el, slug } from "./dom.js";
import { chooseLanguage } from "./language.js";
import { Pane } from "./pane.js";

const connection = document.getElementById("status-connection");
const lastAnswer = document.getElementById("status-last");

start().catch((error) => {
  connection.textContent = "The emulator does not answer. Is the demo still running?";
  console.error(error);
});

async function start() {
  const [page] = await Promise.all([loadPage(), loadRenderer()]);
  document.title = `${page.bot} playground`;
  document.getElementById("bot-name").textContent = page.bot;
  const notice = document.getElementById("notice");
  notice.textContent = page.missing ?? "";
  notice.hidden = !page.missing;

  const panes = new Map();
  const rooms = new Map(); // what each person sees of the group chat
  page.people.forEach((person, i) => {
    const pane = { person, people: page.people, number: i, bot: page.bot, botId: page.botId, searches: page.searches, onStatus: showStatus };
    panes.set(person.id, new Pane(pane));
    if (page.room) rooms.set(person.id, new Pane({ ...pane, room: page.room }));
  });
  document.getElementById("panes").append(...[...panes.values()].map((pane) => pane.element));
  document.getElementById("room").append(...[...rooms.values()].map((pane) => pane.element));
  makeTabs([...panes.values()], rooms);
  if (page.room) makePlaces(page.room);
  chooseLanguage(document.getElementById("language"), () => [...panes.values(), ...rooms.values()].forEach((pane) => pane.showExamples()));
  if (matchMedia("(hover: hover)").matches) [...panes.values()][0]?.focus(); // no keyboard pops up

  listen({
    onMessage: ({ person, room, message }) => (room ? rooms : panes).get(person)?.show(message),
    onTyping: ({ person, room }) => (room ? rooms : panes).get(person)?.showTyping(),
    onConnected: (isConnected) => {
      document.body.dataset.connected = isConnected;
      connection.textContent = isConnected ? "Connected" : "Connection lost, trying again…";
    },
  });
}

function showStatus(text) {
  lastAnswer.textContent = text;
}

// makePlaces lets the page show everybody's own chats, or what everybody sees of the group chat.
function makePlaces(room) {
  const places = document.getElementById("places");
  const buttons = [...places.querySelectorAll("button")];
  buttons[1].textContent = room;
  places.hidden = false;
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const other of buttons) {
        other.setAttribute("aria-checked", String(other === button));
        document.getElementById(other.dataset.place).hidden = other !== button;
      }
      for (const list of document.querySelectorAll(".messages")) list.scrollTop = list.scrollHeight;
    });
  }
}

// makeTabs lets a narrow screen show one pane at a time, and a wide one the first person's beside
// one of the others; where all have room there are no tabs.
function makeTabs(panes, rooms) {
  const tabs = panes.map((pane) => {
    const unread = el("span", { className: "tab-unread", hidden: true, "aria-label": "new messages" });
    const tab = el(
      "button",
      {
        type: "button", className: "tab", role: "tab", id: `tab-${pane.id}`,
        "aria-controls": pane.element.id, "data-testid": `tab-${slug(pane.name)}`,
        onclick: () => select(pane),
      },
      avatar(pane.name, pane.number),
      el("span", { className: "tab-name" }, pane.name, el("small", {}, pane.title)),
      unread,
    );
    pane.onUnread = () => {
      unread.hidden = pane.element.checkVisibility();
    };
    return { pane, tab, unread };
  });
  const select = (chosen) => {
    for (const { pane, tab, unread } of tabs) {
      const isChosen = pane === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      for (const { element } of [pane, rooms.get(pane.personId) ?? pane]) {
        element.classList.toggle("pane-chosen", isChosen);
        if (chosen !== panes[0]) element.classList.toggle("pane-beside", isChosen);
      }
      if (isChosen) unread.hidden = true;
    }
    chosen.scrollToEnd();
  };
  const list = document.getElementById("tabs");
  list.append(...tabs.map(({ tab }) => tab));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const now = tabs.findIndex(({ tab }) => tab === document.activeElement);
    const next = tabs[(now + step + tabs.length) % tabs.length];
    select(next.pane);
    next.tab.focus();
  });
  for (const pane of panes.slice(1, 2)) {
    for (const { element } of [pane, rooms.get(pane.personId) ?? pane]) element.classList.add("pane-beside");
  }
  if (panes.length > 0) select(panes[0]);
}
