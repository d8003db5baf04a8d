// Cards and texts of the bot, drawn by the libraries that index.html does not load itself: they are
// served from a folder that may be empty.
import { hostConfig } from "./hostconfig.js";
import { el } from "./dom.js";

let config;
let cardMarkdown;
let textMarkdown;

// loadRenderer gets the libraries; false says that they are not there.
export async function loadRenderer() {
  try {
    await Promise.all(["adaptivecards", "markdown-it"].map(loadScript));
  } catch {
    return false;
  }
  const { AdaptiveCards, markdownit } = globalThis;
  config = new AdaptiveCards.HostConfig(hostConfig);
  textMarkdown = markdownit({ html: false, breaks: true, linkify: false }).disable(["image", "table", "html_block"]);
  // Cards know bold, italic, lists and links only.
  cardMarkdown = markdownit({ html: false, breaks: true }).disable([
    "image", "table", "heading", "lheading", "code", "fence", "backticks", "blockquote", "hr", "strikethrough",
    "html_block", "reference", "autolink",
  ]);
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = cardMarkdown.render(text);
    result.didProcess = true;
  };
  return true;
}

function loadScript(name) {
  return new Promise((resolve, reject) => {
    const script = el("script", { src: `/vendor/${name}.min.js`, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

// renderText returns what a text message of the bot looks like.
export function renderText(text, format) {
  const body = el("div", { className: "text" });
  if (textMarkdown && format !== "plain") {
    body.innerHTML = textMarkdown.render(text); // html is off: what is not Markdown comes out escaped
    openOutside(body);
  } else {
    body.textContent = text;
  }
  return body;
}

// renderCard returns the card's element, or its summary if it cannot be drawn. onAction gets
// Action.Execute and Action.Submit with their inputs merged in; the renderer has checked the inputs
// before.
export function renderCard(json, { summary, onAction }) {
  if (!config) return problem("The card renderer is missing.", summary);
  const { AdaptiveCards } = globalThis;
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = config;
  card.onExecuteAction = (action) => {
    switch (action.getJsonTypeName()) {
      case "Action.Execute":
        return onAction({ wish: "execute", verb: action.verb, data: action.data ?? {} }, action);
      case "Action.Submit":
        return onAction({ wish: "submit", data: action.data ?? {} }, action);
      case "Action.OpenUrl":
        return openLink(action.url);
      default:
        return undefined;
    }
  };
  card.onInlineCardExpanded = (action, isExpanded) => {
    if (isExpanded) action.card.renderedElement?.scrollIntoView({ block: "nearest" });
  };
  const context = new AdaptiveCards.SerializationContext();
  const { lang, ...rest } = json; // its own check of lang fails every other time: a RegExp with a memory
  card.parse(rest, context);
  card.lang = lang;
  const rendered = card.render();
  if (!rendered) return problem("This card cannot be shown.", summary);
  const warnings = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message);
  if (warnings.length > 0) console.warn("card:", ...warnings);
  rendered.dataset.warnings = String(warnings.length);
  openOutside(rendered);
  return rendered;
}

function problem(text, summary) {
  return el("div", { className: "card-problem" }, summary && el("p", {}, summary), el("small", {}, text));
}

function openLink(url) {
  if (/^https?:/.test(url ?? "")) window.open(url, "_blank", "noopener,noreferrer");
}

function openOutside(node) {
  for (const link of node.querySelectorAll("a[href]")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
}
