// A large quote and what stands between it and the customer, as everybody concerned sees it on a
// phone: who decides, the proof by a sign-in, the reminders, and what is refused. The pictures go to
// artifacts/.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { artifact, openBrowser } from "./browser.js";
import { openPage, Person, press, quoteOf, shows, startDemo } from "./demo.js";

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

describe("a large quote on a phone", () => {
  let browser;
  let demo;
  let teams; // the phone, with everybody's Teams behind the tabs
  let page;
  let riley, morgan, finn, vera, eve, sam;
  let pictures = 0;

  before(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
    teams = await openPage(browser, demo.page, { ...phone, colorScheme: "light" });
    ({ page, riley, morgan } = teams);
    [finn, vera, eve, sam] = ["finn-finance", "vera-vice", "eve-engineer", "sam-seller"].map((id) => new Person(page, id));
  });

  after(async () => {
    await browser?.close();
    if (demo) assert.equal(await demo.stop(), 0, "the demo did not end well");
  });

  // picture keeps what a page shows, in the order of the story, and once more in the dark.
  async function picture(name, { of = page, dark = false } = {}) {
    await of.screenshot({ path: artifact(`approvals-${String(++pictures).padStart(2, "0")}-${name}.png`) });
    if (!dark) return;
    await of.emulateMedia({ colorScheme: "dark" });
    await of.screenshot({ path: artifact(`approvals-${String(pictures).padStart(2, "0")}-${name}-dark.png`) });
    await of.emulateMedia({ colorScheme: "light" });
  }

  // look opens somebody's chat at the beginning of a card, or at its end.
  async function look(person, card, block = "start") {
    await person.tab.tap();
    await card.evaluate((node, at) => node.scrollIntoView({ block: at }), block);
  }

  // proves follows a card's link to the sign-in and signs in as somebody. It answers with the page
  // that says what became of it.
  async function proves(card, name, { mfa = true, shot } = {}) {
    const [at] = await Promise.all([page.context().waitForEvent("page"), press(card, "Sign in to decide")]);
    await at.getByRole("button", { name: "Sign in and continue" }).waitFor();
    if (shot) await picture(`${shot}-step-up`, { of: at, dark: true });
    await at.getByRole("button", { name: "Sign in and continue" }).click();
    await at.getByRole("radio", { name }).check();
    if (mfa) await at.getByRole("checkbox").check();
    if (shot) await picture(`${shot}-sign-in`, { of: at });
    await at.getByRole("button", { name: "Sign in", exact: true }).click();
    await at.waitForURL(/step-up\/callback/);
    return at;
  }

  let draft;
  let name;

  test("the draft says who will decide, and why", async () => {
    await riley.tab.tap();
    draft = await riley.say("quote 120 radios for 6 sites, construction, Acme Construction, with a signal booster, net60, 10% off");
    await shows(draft, "Verified with NetSuite");
    name = await quoteOf(draft);
    await look(riley, draft);
    await picture("draft", { dark: true });
    await look(riley, draft, "end");
    await picture("draft-chain");
    console.log(await draft.innerText());
  });

  test("submitted, it waits for both branches", async () => {
    await press(draft, "Submit");
    await shows(draft, "Waiting for");
    await look(riley, draft);
    await picture("submitted");
    console.log(await draft.innerText());
    const request = morgan.card(name);
    await morgan.tab.tap();
    await shows(request, "asks for your approval");
    await look(morgan, request);
    await picture("manager", { dark: true });
    await look(morgan, request, "end");
    await picture("manager-buttons", { dark: true });
    console.log(await request.innerText());
    await look(eve, eve.card(name));
    await picture("engineer");
    console.log(await eve.card(name).innerText());
  });
  test("x", async () => { globalThis.done = true; });
});
