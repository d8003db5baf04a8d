// The cards that the Go tests keep as goldens, read by the renderer that Teams' clients share.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { hostConfig } from "../hostconfig.js";
import { artifact, openBrowser, repository } from "./browser.js";

const mostBytes = 25_000; // as the Go side keeps them: Teams takes more, but counts its envelope too
const library = createRequire(import.meta.url).resolve("adaptivecards/dist/adaptivecards.min.js");
const folder = join(repository, "cards", "testdata");
const goldens = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".json"));

describe("a golden card", () => {
  let browser;
  let page;

  before(async () => {
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 540, height: 900 }, deviceScaleFactor: 1.5 });
    await page.setContent("<!doctype html><main></main>");
    for (const style of ["page.css", "card.css"]) {
      await page.addStyleTag({ path: new URL(`../${style}`, import.meta.url).pathname });
    }
    await page.addStyleTag({ content: "body { display: block; height: auto; overflow: visible; }" });
    await page.addScriptTag({ path: library });
  });

  after(() => browser?.close());

  for (const name of goldens) {
    test(`${name} has nothing that the renderer objects to`, async () => {
      const card = JSON.parse(readFileSync(join(folder, name), "utf8"));
      assert.equal(card.version, "1.5");
      assert.deepEqual(await page.evaluate(render, { card, hostConfig }), []);
      const bytes = Buffer.byteLength(JSON.stringify(card));
      assert.ok(bytes < mostBytes, `${bytes} bytes are more than ${mostBytes}`);
      await page.locator("main > .card").screenshot({ path: artifact(`card-${name.replace("/", "-").replace(/json$/, "png")}`) });
    });
  }

  test("is objected to if it has an unknown element, a bad value, or an input without an id", async () => {
    for (const element of [
      { type: "Carousel" },
      { type: "TextBlock", text: "?", color: "Purple" },
      { type: "Input.Text", label: "?" },
    ]) {
      const card = { type: "AdaptiveCard", version: "1.5", body: [element] };
      const objections = await page.evaluate(render, { card, hostConfig });
      assert.notDeepEqual(objections, [], JSON.stringify(element));
    }
  });
});

// render draws a card into the page and answers with what the renderer has to say against it.
function render({ card: json, hostConfig }) {
  const { AdaptiveCard, HostConfig, SerializationContext, Versions } = globalThis.AdaptiveCards;
  const context = new SerializationContext(Versions.v1_5);
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig(hostConfig);
  const { lang, ...rest } = json; // see card.js
  card.parse(rest, context);
  card.lang = lang;
  const objections = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message);
  objections.push(...card.validateProperties().validationEvents.map((event) => event.message));
  const frame = document.createElement("div");
  frame.className = "card";
  frame.append(card.render());
  document.querySelector("main").replaceChildren(frame);
  return objections;
}
