// The main job as two people live it, on a demo of its own: what they type and click, and what they
// see then. The pictures go to artifacts/.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { artifact, openBrowser } from "./browser.js";
import { openPage, press, quoteOf, shows, startDemo } from "./demo.js";

describe("the demo", () => {
  let browser;
  let demo;
  let desk; // both people's Teams on a wide screen, open all the time

  before(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
    desk = await openPage(browser, demo.page, { viewport: { width: 1440, height: 1000 }, colorScheme: "light" });
  });

  after(async () => {
    await browser?.close();
    if (demo) assert.equal(await demo.stop(), 0, "the demo did not end well");
  });

  afterEach(() => assert.deepEqual(desk.complaints, []));

  test("greets the rep with three things to try, the manager with what comes to her", async () => {
    assert.equal(await desk.riley.chat.getByTestId("card").getByRole("button").count(), 3);
    await shows(desk.morgan.chat.getByTestId("card"), "Approvals come here");
    await desk.picture("01-welcome");
  });

  test("a quote is priced, and verified on the same card; a change replaces it", async () => {
    const first = await desk.riley.say("quote 40 radios for 3 sites");
    await shows(first, "$49,699.73");
    await shows(first, "General profile (assumed)");
    const name = await quoteOf(first);
    const id = await first.getAttribute("data-message-id");
    await shows(first, "Verified with NetSuite");
    assert.equal(await first.getAttribute("data-message-id"), id, "another message is verified");
    await desk.picture("02-quote");
    await keepPictureOfCard(browser, demo.page, name);

    const second = await desk.riley.say("make it 45");
    await shows(second, "Users: 40 → 45");
    await shows(second, "$52,235.64");
    await shows(first, "This is version 1.");
    await desk.picture("03-make-it-45");

    await press(first, "Open version 2");
    await shows(desk.riley.card(name.replace("v1", "v2")), "$52,235.64");
  });

  test("industry and customer are chosen on the card, which is priced anew in place", async () => {
    const card = await desk.riley.say("quote 20 radios for 2 sites");
    await shows(card, "Verified with NetSuite"); // which draws the card anew, with empty inputs
    const total = await totalOf(card);
    await card.getByLabel("Industry").selectOption({ label: "Construction" });
    await card.getByRole("textbox", { name: "Customer" }).fill("Acme Construction");
    await desk.picture("04-inputs");
    await press(card, "Update price");
    await shows(card, "20 radios · 2 sites · Construction");
    await shows(card, "Acme Construction");
    assert.notEqual(await totalOf(card), total);
    await shows(card, "Verified with NetSuite");
    await card.getByRole("button", { name: "Submit", exact: true }).waitFor();
    await desk.picture("05-updated");
  });

  test("a small quote is approved by its submission", async () => {
    const card = await desk.riley.say("quote 12 radios for 1 site, construction, Acme Construction");
    await shows(card, "Verified with NetSuite");
    await press(card, "Submit");
    await shows(card, "nobody had to decide");
    await shows(card, "The Estimate is in NetSuite and agrees line by line.");
    await desk.picture("06-approved-by-policy");
  });

  test("a large quote goes to the manager; she approves, and both see it and the Estimate", async () => {
    const draft = await desk.riley.say("quote 60 radios for 3 sites, construction, Acme Construction");
    const name = await submit(draft);
    const request = desk.morgan.card(name);
    await shows(request, "asks for your approval");
    await shows(request, "is over $50,000.00");
    await desk.picture("07-asks-for-approval");
    await press(request, "Approve");
    for (const card of [request, draft]) {
      await shows(card, "Approved by");
      await shows(card, "The Estimate is in NetSuite and agrees line by line.");
      assert.equal(await card.getByRole("button", { name: /^(Submit|Approve|Reject)$/ }).count(), 0);
    }
    await shows(desk.riley.chat, `${name} is approved by Morgan Manager.`);
    await desk.picture("08-approved");
  });

  test("a rejection needs a reason, and the rep reads it", async () => {
    const draft = await desk.riley.say("quote 70 radios for 2 sites, construction, Acme Construction");
    const name = await submit(draft);
    const request = desk.morgan.card(name);
    await press(request, "Reject");
    await press(request, "Reject with this reason");
    await shows(request, "Say why");
    await request.getByRole("textbox").fill("Drop the spare <b>batteries</b>.");
    await desk.picture("09-why-not");
    await press(request, "Reject with this reason");
    for (const card of [request, draft]) {
      await shows(card, "Rejected by");
      await shows(card, "Drop the spare <b>batteries</b>.");
    }
    await desk.picture("10-rejected");
  });

  test("a tap on a hint says it; the compose box finds a quote and a price and inserts them", async () => {
    const draft = await desk.riley.say("quote 30 radios for 1 site, hotel, for Acme Construction");
    await shows(draft, "Verified with NetSuite");
    const name = await quoteOf(draft);
    await desk.riley.pane.getByTestId("suggestion").filter({ hasText: "make it 35" }).click();
    const changed = desk.riley.card(name.replace("v1", "v2"));
    await shows(changed, "Users: 30 → 35");
    await desk.picture("21-hint");

    const number = name.split(" ")[0].slice(2);
    const { pane, chat } = desk.riley;
    await pane.getByTestId("search-open").click();
    await pane.getByTestId("search-result").first().waitFor();
    await pane.getByTestId("search-input").fill(number);
    const found = pane.getByTestId("search-result").filter({ hasText: `Q-${number} v2 · Draft` });
    await found.filter({ hasText: "Acme Construction · 35 radios" }).waitFor();
    await pane.getByTestId("search-result").nth(1).waitFor({ state: "detached" });
    await desk.picture("22-search-quotes");
    await found.click();
    const inserted = chat.locator("[data-from=me]").filter({ has: desk.page.getByTestId("card") }).last();
    await shows(inserted, "35 radios"); // in one's own chat it opens with everything

    await pane.getByTestId("search-open").click();
    await pane.getByTestId("search-searchPrices").click();
    await pane.getByTestId("search-input").fill("6-bank charger");
    await pane.getByTestId("search-result").filter({ hasText: "CHG-6B" }).click();
    await shows(inserted, "List price");
    await press(inserted, "Today's price");
    await shows(inserted, "$445.00");
    await desk.picture("23-inserted");
  });

  test("the button of an old card does nothing to the new version", async () => {
    const text = "quote 30 radios for 2 sites, construction, Acme Construction";
    const first = await desk.riley.say(text);
    await shows(first, "Verified with NetSuite");
    const name = await quoteOf(first);

    // A laptop that was asleep when the quote changed.
    const asleep = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    await asleep.addInitScript(() => {
      const { EventSource } = globalThis;
      globalThis.EventSource = class extends EventSource {
        constructor(url) {
          super(url);
          globalThis.stream = this;
        }
      };
    });
    await asleep.goto(demo.page);
    const old = asleep.getByTestId("pane-riley-rep").getByTestId("message").filter({ has: asleep.getByText(name) }).last();
    await old.getByRole("button", { name: "Submit", exact: true }).waitFor();
    await asleep.evaluate(() => globalThis.stream.close());

    const second = await desk.riley.say("make it 33");
    await shows(first, "This is version 1.");
    const answered = asleep.waitForResponse("**/api/execute");
    await press(old, "Submit");
    assert.equal((await (await answered).json()).status, 200);
    await asleep.close();
    await shows(first, "33 radios");
    assert.equal(await quoteOf(first), await quoteOf(second));
    await shows(second, "Draft");
    await second.getByRole("button", { name: "Submit", exact: true }).waitFor();
  });

  test("help and nonsense are answered with three examples, which work", async () => {
    const help = await desk.riley.say("help");
    assert.equal(await help.getByRole("button").count(), 3);
    const nonsense = await desk.riley.say("what is the meaning of life?");
    await shows(nonsense, "I did not get that.");
    assert.equal(await nonsense.getByRole("button").count(), 3);
    await desk.picture("11-help");
    await press(nonsense, "make it 45"); // the quote that is talked about
    await shows(desk.riley.chat.getByTestId("message").last(), "45 radios");
  });

  test("without NetSuite a quote says so, and is verified without help when NetSuite is back", async () => {
    await netsuite(demo, "down");
    try {
      const card = await desk.riley.say("quote 80 radios for 2 sites, construction, Acme Construction");
      await shows(card, "Not verified yet");
      await shows(card, "Prices as of");
      await desk.picture("12-netsuite-down");
      await netsuite(demo, "up");
      await shows(card, "Verified with NetSuite", { timeout: 60_000 });
      await desk.picture("13-netsuite-up");
    } finally {
      await netsuite(demo, "up");
    }
  });

  test("dark is dark, cards too, and stays so", async () => {
    const { page } = desk;
    await page.getByTestId("theme").click();
    await page.reload();
    const card = page.getByTestId("pane-riley-rep").getByTestId("card").last();
    await card.waitFor();
    for (const element of [page.locator("body"), card]) {
      const [channel] = (await element.evaluate((node) => getComputedStyle(node).backgroundColor)).match(/\d+/);
      assert.ok(channel < 64, `the background is ${channel} of 255`);
    }
    await desk.picture("14-dark");
    await page.getByTestId("theme").click();
  });

  test("all of it works on a phone", async () => {
    const phone = await openPage(browser, demo.page, {
      viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, colorScheme: "light",
    });
    const { riley, morgan, picture } = phone;
    await riley.tab.tap();
    assert.ok(await morgan.pane.isHidden());
    const draft = await riley.say("quote 65 radios for 3 sites, construction, Drift Creek Farms");
    await shows(draft, "Verified with NetSuite");
    await picture("15-phone-quote");
    await fits(phone.page);
    assert.ok(await morgan.tab.getByLabel("new messages").isHidden());
    const name = await submit(draft);
    await picture("16-phone-submitted");

    await morgan.tab.getByLabel("new messages").waitFor();
    await morgan.tab.tap();
    assert.ok(await riley.pane.isHidden());
    const request = morgan.card(name);
    await request.getByRole("button", { name: "Approve", exact: true }).waitFor();
    await picture("17-phone-approval");
    await fits(phone.page);
    await press(request, "Reject");
    await inView(request.getByRole("textbox"));
    await picture("18-phone-why-not");
    await press(request, "Approve");
    await shows(request, "Approved by");
    await picture("19-phone-approved");

    await riley.tab.tap();
    await riley.pane.getByTestId("search-open").tap();
    await riley.pane.getByTestId("search-result").first().waitFor();
    await picture("24-phone-search");
    await fits(phone.page);
    await riley.pane.getByRole("button", { name: "Close the search" }).tap();
    await shows(draft, "The Estimate is in NetSuite and agrees line by line.");
    await picture("20-phone-estimate");
    assert.deepEqual(phone.complaints, []);
  });
});

// submit presses Submit once the prices are verified, and answers with the quote's name.
async function submit(draft) {
  await shows(draft, "Verified with NetSuite");
  await press(draft, "Submit");
  await shows(draft, "Waiting for Morgan Manager");
  return quoteOf(draft);
}

async function totalOf(card) {
  const [total] = (await card.innerText()).match(/\$[\d,.]+(?= plus tax)/);
  return total;
}

async function netsuite(demo, state) {
  const response = await fetch(`${demo.netsuite}/_sim/${state}`, { method: "POST" });
  assert.ok(response.ok, `NetSuite is not ${state}: ${response.status}`);
}

// inView waits until an element can be seen without scrolling.
async function inView(locator) {
  const element = await locator.elementHandle();
  await locator.page().waitForFunction((node) => {
    const pane = node.closest(".messages").getBoundingClientRect();
    const { top, bottom } = node.getBoundingClientRect();
    return top >= pane.top && bottom <= pane.bottom;
  }, element);
}

// fits checks that nothing is wider than the screen, and that thumbs find every button of the cards.
async function fits(page) {
  const { overflow, small } = await page.evaluate(() => {
    const isShown = (node) => node.checkVisibility();
    return {
      overflow: [document.documentElement, ...document.querySelectorAll(".messages, .card")]
        .filter((node) => isShown(node) && node.scrollWidth > node.clientWidth).map((node) => node.className),
      small: [...document.querySelectorAll(".card button, .card input, .card select, .tab, .composer-send, .composer-add, .search button, .search input")]
        .filter((node) => isShown(node) && node.getBoundingClientRect().height < 40).map((node) => node.outerHTML),
    };
  });
  assert.deepEqual(overflow, []);
  assert.deepEqual(small, []);
}

// keepPictureOfCard keeps the upper part of a card, down to its sixth line, at twice the size:
// docs/card.png is a copy of it.
async function keepPictureOfCard(browser, url, name) {
  const { page, riley } = await openPage(browser, url, {
    viewport: { width: 1240, height: 1600 }, deviceScaleFactor: 2, colorScheme: "light",
  });
  const card = riley.card(name).getByTestId("card");
  const more = await card.getByRole("button", { name: /^Show all/ }).boundingBox();
  const box = await card.boundingBox();
  await page.screenshot({ path: artifact("card.png"), clip: { ...box, height: more.y + more.height + 4 - box.y } });
  await page.context().close();
}
