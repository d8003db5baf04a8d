// The compose box's search: what the app's manifest declares, results as a list, a tap inserts one.
import { send } from "./api.js";
import { el, icon } from "./dom.js";

const typedFor = 200; // ms without a key before it is searched, as in Teams

export class SearchPanel {
  #person;
  #searches;
  #room; // whether it is the group chat's compose box
  #chosen;
  #asked = 0; // answers that come out of turn are not shown
  #timer;

  constructor({ person, bot, searches, room, id }) {
    this.#person = person;
    this.#searches = searches;
    this.#room = room;
    this.tabs = searches.map((search) =>
      el(
        "button",
        { type: "button", className: "search-tab", role: "tab", "data-testid": `search-${search.id}`, onclick: () => this.#choose(search) },
        search.title,
      ),
    );
    this.input = el("input", {
      type: "search", className: "search-input", autocomplete: "off", enterKeyHint: "search", "data-testid": "search-input",
      oninput: () => this.#later(),
      onkeydown: (event) => this.#key(event),
    });
    this.note = el("p", { className: "search-note", "data-testid": "search-note", role: "status" });
    this.list = el("ul", { className: "search-results", "data-testid": "search-results", "aria-label": "Results" });
    this.element = el(
      "section",
      {
        className: "search", id, hidden: true, "data-testid": "search", "aria-label": `Search ${bot}`,
        onkeydown: (event) => {
          if (event.key === "Escape") this.close();
        },
      },
      el(
        "header",
        { className: "search-head" },
        el("img", { src: "/logo.svg", alt: "" }),
        el("div", { className: "search-tabs", role: "tablist", "aria-label": "What to search" }, ...this.tabs),
        el(
          "button",
          { type: "button", className: "icon-button", "aria-label": "Close the search", onclick: () => this.close() },
          icon("close"),
        ),
      ),
      this.input,
      this.note,
      this.list,
    );
    this.button = el(
      "button",
      {
        type: "button", className: "icon-button composer-add", "data-testid": "search-open",
        "aria-label": `Insert something from ${bot}`, "aria-expanded": "false", "aria-controls": id,
        onclick: () => (this.element.hidden ? this.#open() : this.close()),
      },
      icon("add"),
    );
  }

  #open() {
    this.element.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.#choose(this.#chosen ?? this.#searches[0]);
  }

  close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.#forget();
    this.button.focus();
  }

  #choose(search) {
    this.#chosen = search;
    this.tabs.forEach((tab, i) => tab.setAttribute("aria-selected", String(this.#searches[i] === search)));
    this.input.value = "";
    this.input.placeholder = search.hint;
    this.input.setAttribute("aria-label", search.hint);
    this.#forget();
    if (search.initialRun) this.#search();
    this.input.focus();
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#asked++;
    this.note.textContent = "";
    this.list.replaceChildren();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), typedFor);
  }

  #key(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // the form around is the message's
    clearTimeout(this.#timer);
    this.#search();
  }

  async #search() {
    const text = this.input.value.trim();
    const asked = ++this.#asked;
    if (!text && !this.#chosen.initialRun) {
      this.note.textContent = "";
      this.list.replaceChildren();
      return;
    }
    const outcome = await send("search", { person: this.#person.id, room: this.#room, search: this.#chosen.id, text });
    if (asked !== this.#asked) return;
    if (outcome.detail) console.warn("bot:", outcome.detail);
    this.note.textContent = outcome.error ?? outcome.message ?? "";
    this.note.dataset.kind = outcome.error ? "error" : "info";
    this.list.replaceChildren(...(outcome.results ?? []).map((result) => this.#entry(result)));
    this.list.scrollTop = 0;
  }

  #entry(result) {
    const button = el(
      "button",
      {
        type: "button", className: "search-result", "data-testid": "search-result",
        onclick: () => this.#insert(result, button),
      },
      el("span", { className: "search-title" }, result.title),
      el("span", { className: "search-text" }, result.text),
    );
    return el("li", {}, button);
  }

  async #insert(result, button) {
    button.disabled = true;
    const outcome = await send("insert", { person: this.#person.id, room: this.#room, result });
    button.disabled = false;
    if (!outcome.error) return this.close();
    if (outcome.detail) console.warn("bot:", outcome.detail);
    this.note.textContent = outcome.error;
    this.note.dataset.kind = "error";
  }
}
