// One message of a chat.
import { send } from "./api.js";
import { renderCard, renderText } from "./card.js";
import { el, icon } from "./dom.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", month: "long", day: "numeric" });

export class MessageView {
  #message;
  #person;
  #onRetry;
  #onSay;
  #onResize;
  #drawn; // what is on screen, to tell a real change from a repeated event
  #refreshed; // the version of the card that was refreshed

  constructor({ message, person, isMine, isBot, author, onRetry, onSay, onResize }) {
    this.#person = person;
    this.#onRetry = onRetry;
    this.#onSay = onSay;
    this.#onResize = onResize;
    this.isMine = isMine;
    this.author = author;
    this.isBot = isBot;
    this.sent = new Date(message.sent);
    this.body = el("div", { className: "message-body" });
    this.note = el("p", { className: "message-note", "data-testid": "card-note", role: "status", hidden: true });
    this.state = el("span", { className: "message-state" });
    this.edited = el("span", { className: "message-edited", hidden: true }, "Edited");
    this.day = el("div", { className: "day", hidden: true });
    this.element = el(
      "article",
      {
        className: `message ${isMine ? "mine" : "theirs"}`, "data-testid": "message",
        "data-message-id": message.id, "data-from": isMine ? "me" : isBot ? "bot" : "other",
      },
      this.day,
      !isMine && (isBot ? el("img", { src: "/logo.svg", alt: "", className: "message-logo" }) : el("span", { className: "message-logo" })),
      el(
        "div",
        { className: "message-column" },
        el(
          "div",
          { className: "message-head" },
          !isMine && el("span", { className: "message-author" }, author),
          el("time", { dateTime: message.sent }, clock.format(this.sent)),
          this.edited,
        ),
        el("div", { className: "message-row" }, this.body, isMine && this.state),
        this.note,
      ),
    );
    this.#draw(message);
  }

  // update draws a newer version; false says that nothing has changed.
  update(message) {
    if (JSON.stringify(message) === this.#drawn) return false;
    const hasNewContent = message.text !== this.#message.text ||
      JSON.stringify(message.card) !== JSON.stringify(this.#message.card);
    this.#draw(message);
    if (hasNewContent && !message.deleted) this.#highlight();
    return true;
  }

  setDay(date) {
    this.day.hidden = !date;
    if (!date) return;
    const isToday = date.toDateString() === new Date().toDateString();
    this.day.textContent = isToday ? "Today" : day.format(date);
  }

  #draw(message) {
    const was = this.#message;
    this.#message = message;
    this.#drawn = JSON.stringify(message);
    this.edited.hidden = !message.edited || Boolean(message.deleted);
    const isSame = was && was.text === message.text && was.deleted === message.deleted &&
      JSON.stringify(was.card) === JSON.stringify(message.card);
    if (!isSame) this.#drawContent(message);
    if (this.isMine) this.#drawState(message);
  }

  #drawContent(message) {
    this.note.hidden = true;
    this.element.classList.toggle("has-card", Boolean(message.card));
    this.element.classList.toggle("is-wide", message.card?.msteams?.width === "Full");
    this.body.replaceChildren(this.#content(message));
    this.#autoRefresh(message);
  }

  #content(message) {
    if (message.deleted) return el("p", { className: "text deleted" }, "This message has been deleted.");
    if (message.card) {
      const card = renderCard(message.card, {
        summary: message.summary,
        onAction: (wish, action) => this.#act(wish, action),
      });
      return el("div", { className: "card", "data-testid": "card", role: "group", "aria-label": message.summary ?? "Card" }, card);
    }
    if (!this.isBot) return el("div", { className: "text" }, message.text);
    return renderText(message.text ?? "", message.textFormat);
  }

  #drawState({ status }) {
    this.element.classList.toggle("has-failed", status >= 300);
    if (!status) {
      this.state.replaceChildren(icon("sending", "Sending"));
    } else if (status < 300) {
      this.state.replaceChildren(icon("sent", "Sent"));
    } else {
      this.state.replaceChildren(icon("failed", "Not sent"));
      this.note.replaceChildren(
        `Not delivered: the bot answered ${status}. `,
        el("button", { type: "button", className: "link", onclick: () => this.#onRetry() }, "Send again"),
      );
      this.note.dataset.kind = "error";
      this.note.hidden = false;
    }
  }

  // act sends a click. Until the answer, the card cannot be clicked again.
  async #act({ wish, verb, data }, action) {
    const teams = data?.msteams;
    if (wish === "submit" && teams?.type === "imBack") {
      this.#onSay(String(teams.value ?? ""));
      return;
    }
    this.note.hidden = true;
    this.#busy(true, action?.renderedElement);
    const outcome = await send(wish, { person: this.#person.id, message: this.#message.id, verb, data });
    this.#busy(false);
    const said = outcome.error ?? outcome.message;
    if (outcome.detail) console.warn("bot:", outcome.detail);
    if (!said) return;
    this.note.textContent = said;
    this.note.dataset.kind = outcome.error ? "error" : "info";
    this.note.hidden = false;
    this.#onResize();
  }

  #busy(isBusy, pressed) {
    this.body.inert = isBusy;
    this.body.toggleAttribute("data-busy", isBusy);
    for (const button of this.body.querySelectorAll(".is-pressed")) button.classList.remove("is-pressed");
    if (isBusy) pressed?.classList.add("is-pressed");
  }

  // autoRefresh does what a Teams client does when it shows a card that names its person, or nobody:
  // once for each version that the bot has sent.
  #autoRefresh(message) {
    const version = message.edited ?? message.sent;
    const refresh = message.card?.refresh;
    if (!refresh || this.#refreshed === version || (refresh.userIds && !refresh.userIds.includes(this.#person.userId))) return;
    this.#refreshed = version;
    send("refresh", { person: this.#person.id, message: message.id });
  }

  #highlight() {
    this.body.classList.remove("is-changed");
    requestAnimationFrame(() => this.body.classList.add("is-changed"));
  }
}
