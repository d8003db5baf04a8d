// A group chat on the demo's page, as three people see it. The pictures go to artifacts/.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { openBrowser } from "./browser.js";
import { openPage, Person, press, shows, startDemo } from "./demo.js";

describe("the group chat", () => {
  let browser;
  let demo;
  let desk;
  let riley;
  let morgan;

  before(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
    desk = await openPage(browser, demo.page, { viewport: { width: 1440, height: 1000 }, colorScheme: "light" });
    riley = new Person(desk.page, "riley-rep-room");
    morgan = new Person(desk.page, "morgan-manager-room");
    await desk.page.getByTestId("place-room").click();
  });

  after(async () => {
    await browser?.close();
    if (demo) assert.equal(await demo.stop(), 0, "the demo did not end well");
  });

  afterEach(() => assert.deepEqual(desk.complaints, []));

  test("shows a quote's number and state to everybody, and the price to who asked", async () => {
    const card = await riley.say("quote 40 radios for 3 sites, construction, Acme Construction");
    await shows(card, "Acme Construction");
    await shows(card, "Verified with NetSuite");
    const theirs = morgan.card("Q-1001 v1");
    await shows(theirs, "Draft");
    assert.doesNotMatch(await theirs.innerText(), /\$|Acme/);
    await morgan.chat.locator("[data-from=other]").getByText("quote 40 radios for 3 sites, construction, Acme Construction").waitFor();
    await desk.picture("rooms-01-asked");
  });

  test("opens for each by their rights", async () => {
    const card = morgan.card("Q-1001 v1");
    await press(card, "Open");
    await shows(card, "Acme Construction");
    assert.doesNotMatch(await card.innerText(), /Margin\b/);
    await desk.picture("rooms-02-opened");
  });

  test("shows everybody what the owner shares", async () => {
    const card = riley.card("Q-1001 v1");
    await press(card, "Share here");
    await shows(card, "Everybody here will see");
    await press(card, "Share with everybody here");
    await shows(card, "Stop sharing");
    await desk.page.getByTestId("tab-ada-admin").click();
    const ada = new Person(desk.page, "ada-admin-room");
    await shows(ada.card("Q-1001 v1"), "Shared by Riley Rep");
    await desk.picture("rooms-03-shared");
  });

  test("answers a question to whom asked it", async () => {
    await desk.page.getByTestId("tab-morgan-manager").click();
    const answer = await riley.say("why this price");
    await shows(answer, "From list to total");
    await shows(morgan.chat, "An answer for Riley Rep.");
    await desk.picture("rooms-04-answer");
  });

  test("has a quote that somebody inserts, which opens for each by their rights, and as it is shared", async () => {
    await riley.pane.getByTestId("search-open").click();
    await riley.pane.getByTestId("search-result").filter({ hasText: "Q-1001 v1 · Draft" }).click();
    const inserted = (person, from) => person.chat.locator(`[data-from=${from}]`).filter({ has: desk.page.getByTestId("card") }).last();
    await shows(inserted(riley, "me"), "Acme Construction");
    await shows(inserted(morgan, "other"), "Acme Construction");
    await desk.page.getByTestId("tab-ada-admin").click();
    const ada = new Person(desk.page, "ada-admin-room");
    await shows(inserted(ada, "other"), "Shared by Riley Rep");
    assert.doesNotMatch(await inserted(ada, "other").innerText(), /Margin|Submit/);
    await desk.picture("rooms-06-inserted");
    await desk.page.getByTestId("tab-morgan-manager").click();
  });

  test("can be read on a phone", async () => {
    const phone = await openPage(browser, demo.page, { viewport: { width: 390, height: 844 }, colorScheme: "light" });
    await phone.page.getByTestId("place-room").click();
    await shows(new Person(phone.page, "riley-rep-room").chat, "From list to total");
    await phone.picture("rooms-05-phone");
    assert.deepEqual(phone.complaints, []);
  });
});
