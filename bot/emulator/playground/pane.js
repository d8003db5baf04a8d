// One person's chat with the bot.
import { send } from "./api.js";
import { avatar, el, icon, slug } from "./dom.js";
import { locale } from "./language.js";
import { MessageView } from "./message.js";
import { SearchPanel } from "./search.js";

// What a person who has never seen the bot may try: the rep, who decides, the admin.
const examples = [
  [
    "quote 40 radios for 3 sites",
    "make it 45",
    "submit",
    "status",
    "help",
    "quote 25 radios 1 site hotel for Acme Construction",
  ],
  ["what needs my approval", "I'm out till Monday", "/demo wait", "help"],
  ["/demo", "/demo price-spike", "/demo netsuite-down", "/demo netsuite-up"],
];

// Which of these are a person's.
const kindOf = (title) => ({ "Sales rep": 0, Admin: 2 })[title] ?? 1;

const roomExamples = ["quote 40 radios for 3 sites, construction, Acme Construction", "make it 45", "share it here", "why this price", "help"];

const spanishExamples = [
  [
    "cotiza 40 radios para 3 sitios",
    "que sean 45",
    "estado",
    "ayuda",
    "cotiza 25 radios, 1 sitio, hotel, para Acme Construction",
  ],
  ["estado", "ayuda"],
  examples[2],
];

const hints = [
  ["Quote a radio system in one line", "Say how many radios and sites; the card has the rest. Tap one to send it:"],
  ["Approvals come to you here", "When a quote needs your decision, its card appears in this chat. Until then:"],
  ["What looks wrong comes to you here", "NetSuite’s prices are held when they move too far, until you decide. Make it happen:"],
];

// Messages of the same side within this time stand together, as in Teams.
const groupedWithin = 3 * 60_000;
const typingShownFor = 10_000;

const openedAt = Date.now();

export class Pane {
  #views = new Map();
  #order = []; // ids, oldest first
  #botId;
  #bot;
  #person;
  #people;
  #room; // name of the group chat; undefined: the person's own chat
  #onStatus;
  #asked; // when the person last wrote, until the bot's next message
  #typingTimer;

  constructor({ person, people, room, number, bot, botId, searches, onStatus }) {
    this.#person = person;
    this.#people = people;
    this.#room = room;
    this.#bot = bot;
    this.#botId = botId;
    this.#onStatus = onStatus;
    this.number = number;
    this.id = slug(person.name) + (room ? "-room" : "");
    this.onUnread = () => {};
    this.search = searches?.length ? new SearchPanel({ person, bot, searches, room: Boolean(room), id: `search-${this.id}` }) : undefined;
    this.element = this.#build();
  }

  get name() {
    return this.#person.name;
  }

  get personId() {
    return this.#person.id;
  }

  get title() {
    return this.#person.title;
  }

  // show adds or replaces a message.
  show(message) {
    const isAtEnd = this.#isAtEnd();
    const isMine = message.from === this.#person.userId;
    const isBot = message.from === this.#botId;
    const known = this.#views.get(message.id);
    if (known) {
      if (!known.update(message)) return;
    } else {
      this.#insert(message);
    }
    this.#group();
    this.empty.hidden = this.#views.size > 0;
    if (isBot) {
      this.#typing(false);
      if (new Date(message.edited ?? message.sent) > openedAt) this.onUnread();
      this.#noteAnswer(known);
      this.#suggest(message);
    } else if (this.#order.at(-1) === message.id) {
      this.suggested.hidden = true;
    }
    if (isAtEnd || (isMine && !known)) this.#reveal(this.#views.get(message.id), known);
    else if (!known) this.newer.hidden = false;
  }

  showTyping() {
    const isAtEnd = this.#isAtEnd();
    this.#typing(true);
    if (isAtEnd) this.scrollToEnd();
  }

  focus() {
    this.input.focus();
  }

  scrollToEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.newer.hidden = true;
  }

  // reveal shows the latest message: of a new answer that is taller than the pane, its beginning.
  #reveal({ element, isMine, sent }, isUpdate) {
    this.scrollToEnd();
    const isNewAnswer = !isMine && !isUpdate && sent.getTime() > openedAt;
    const above = element.getBoundingClientRect().top - this.list.getBoundingClientRect().top;
    if (isNewAnswer && above < 0) this.list.scrollTop += above - 8;
  }

  #isAtEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80;
  }

  #insert(message) {
    const view = new MessageView({
      message,
      person: this.#person,
      isMine: message.from === this.#person.userId,
      isBot: message.from === this.#botId,
      author: this.#people.find(({ userId }) => userId === message.from)?.name ?? this.#bot,
      onRetry: () => this.#say(message.text),
      onSay: (text) => this.#say(text),
      onResize: () => this.#keepEnd(),
    });
    this.#views.set(message.id, view);
    let at = this.#order.length;
    while (at > 0 && Number(this.#order[at - 1]) > Number(message.id)) at--;
    const after = this.#views.get(this.#order[at])?.element ?? this.typing;
    this.#order.splice(at, 0, message.id);
    after.before(view.element);
  }

  #keepEnd() {
    if (this.#isAtEnd()) this.scrollToEnd();
  }

  // group hides the author of messages that follow one of the same side, and writes the days.
  #group() {
    let before;
    for (const id of this.#order) {
      const view = this.#views.get(id);
      const isSameDay = before && before.sent.toDateString() === view.sent.toDateString();
      view.setDay(isSameDay ? undefined : view.sent);
      view.element.classList.toggle(
        "follows",
        Boolean(isSameDay) && before.author === view.author && view.sent - before.sent < groupedWithin,
      );
      before = view;
    }
  }

  #noteAnswer(known) {
    if (this.#asked === undefined || known) return;
    const took = Math.round(performance.now() - this.#asked);
    this.#asked = undefined;
    this.#onStatus(`${this.#bot} answered ${this.#person.name.split(" ")[0]} in ${took} ms`);
  }

  // suggest shows the bot's suggested actions, which live until the next message.
  #suggest(message) {
    const isLast = this.#order.at(-1) === message.id;
    if (!isLast) return;
    this.suggested.replaceChildren(...(message.suggestions ?? []).map((text) => this.#chip(text, "suggestion")));
    this.suggested.hidden = !message.suggestions?.length;
  }

  #typing(isTyping) {
    clearTimeout(this.#typingTimer);
    this.typing.hidden = !isTyping;
    if (isTyping) this.#typingTimer = setTimeout(() => this.#typing(false), typingShownFor);
  }

  async #say(text) {
    const said = text.trim();
    if (!said) return;
    this.suggested.hidden = true;
    this.#asked = performance.now();
    const outcome = await send("say", { person: this.#person.id, text: said, room: Boolean(this.#room) });
    if (outcome.demo) {
      this.#asked = undefined;
      this.#note(said, outcome.demo);
    }
    if (outcome.error) {
      this.#asked = undefined;
      this.#onStatus(outcome.detail ?? outcome.error);
    }
  }

  // note shows what the demo itself answered: no message, and gone with the page.
  #note(command, answer) {
    this.empty.hidden = true;
    this.typing.before(
      el("p", { className: "demo-note", "data-testid": "demo-note", role: "status" }, el("code", {}, command), answer),
    );
    this.scrollToEnd();
  }

  // showExamples offers what to try, in the language of Teams.
  showExamples() {
    const all = locale().startsWith("es") ? spanishExamples : examples;
    const own = this.#room ? roomExamples : all[kindOf(this.title)];
    this.first.replaceChildren(...own.map((text) => this.#chip(text, "example")));
    this.prompts.replaceChildren(...own.map((text) => this.#chip(text, "prompt")));
  }

  #chip(text, testid) {
    return el("button", { type: "button", className: "chip", "data-testid": testid, onclick: () => this.#say(text) }, text);
  }

  #build() {
    const { name, title } = this.#person;
    const [headline, hint] = this.#room
      ? [this.#room, `A group chat of everybody here with ${this.#bot}, which is mentioned in what you write. Each side sees what that person may see:`]
      : hints[kindOf(title)];

    this.empty = el(
      "div",
      { className: "empty", "data-testid": "empty" },
      el("img", { src: "/logo.svg", alt: "", className: "empty-logo" }),
      el("h3", {}, headline),
      el("p", {}, hint),
      (this.first = el("div", { className: "empty-examples" })),
    );
    this.typing = el(
      "div",
      { className: "typing", "data-testid": "typing", hidden: true, role: "status" },
      el("img", { src: "/logo.svg", alt: "", className: "message-logo" }),
      el("span", { className: "typing-dots", "aria-label": `${this.#bot} is typing` }, el("i"), el("i"), el("i")),
    );
    this.list = el(
      "div",
      {
        className: "messages", "data-testid": "messages", role: "log", tabIndex: 0,
        "aria-label": this.#room ? `${this.#room}, as ${name} sees it` : `Chat of ${name} with ${this.#bot}`,
        onscroll: () => {
          if (this.#isAtEnd()) this.newer.hidden = true;
        },
      },
      this.empty,
      this.typing,
    );
    this.newer = el(
      "button",
      { type: "button", className: "newer", hidden: true, onclick: () => this.scrollToEnd() },
      icon("down"),
      "New messages",
    );
    this.suggested = el("div", { className: "chips suggested", hidden: true });

    this.prompts = el("div", { className: "chips composer-chips", "aria-label": "Examples" });
    this.showExamples();

    return el(
      "section",
      {
        className: "pane", id: `pane-${this.id}`, "data-testid": `pane-${this.id}`,
        "aria-label": `Teams of ${name}`,
      },
      el(
        "header",
        { className: "pane-head" },
        avatar(name, this.number),
        el("div", { className: "pane-who" }, el("h2", {}, name), el("p", {}, title)),
        el("div", { className: "pane-chat" }, el("img", { src: "/logo.svg", alt: "" }), this.#room ?? this.#bot),
      ),
      el("div", { className: "pane-body" }, this.list, this.newer),
      this.suggested,
      this.#buildComposer(),
    );
  }

  #buildComposer() {
    const input = (this.input = el("textarea", {
      className: "composer-input", rows: 1, placeholder: this.#room ? `Message to @${this.#bot}` : "Type a message", maxLength: 20_000,
      enterKeyHint: "send", "data-testid": "input", "aria-label": `Message of ${this.#person.name}`,
    }));
    const submit = () => {
      this.#say(input.value);
      input.value = "";
      fit();
    };
    const button = el(
      "button",
      { type: "submit", className: "icon-button composer-send", "data-testid": "send", "aria-label": "Send", disabled: true },
      icon("send"),
    );
    const fit = () => {
      input.style.height = "auto";
      input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
      button.disabled = !input.value.trim();
    };
    input.addEventListener("input", fit);
    addEventListener("resize", fit);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      submit();
    });
    return el(
      "form",
      {
        className: "composer",
        onsubmit: (event) => {
          event.preventDefault();
          submit();
        },
      },
      this.prompts,
      this.search?.element,
      el("div", { className: "composer-box" }, this.search?.button, input, button),
    );
  }
}
