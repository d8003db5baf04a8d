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
    await of.waitForTimeout(400);
    await of.screenshot({ path: artifact(`approvals-${String(++pictures).padStart(2, "0")}-${name}.png`) });
    if (!dark) return;
    await of.emulateMedia({ colorScheme: "dark" });
    await of.waitForTimeout(400); // colours fade
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
  async function proves(card, name, { mfa = true, shot, link = "Sign in to decide" } = {}) {
    const [at] = await Promise.all([page.context().waitForEvent("page"), card.getByRole("link", { name: link, exact: true }).click()]);
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

  const draftText = "quote 120 radios for 6 sites, construction, Acme Construction, with a signal booster, net60, 10% off";
  let draft;
  let name;

  test("the draft says who will decide, and why, and names no percentage of the margin", async () => {
    await riley.tab.tap();
    draft = await riley.say(draftText);
    await shows(draft, "Verified with NetSuite");
    name = await quoteOf(draft);
    await look(riley, draft);
    await picture("draft", { dark: true });
    await shows(draft, "Submitting asks");
    for (const each of ["Sales manager: Morgan Manager", "Finance: Finn Finance", "Engineering: Eve Engineer"]) await shows(draft, each);
    assert.doesNotMatch(await draft.innerText(), /margin of [\d.]+%/i);
    await look(riley, draft, "end");
    await picture("draft-chain");
  });

  test("submitted, it waits for both branches; the manager sees the chain, the reasons and the margin", async () => {
    await press(draft, "Submit");
    await shows(draft, "Waiting for");
    await look(riley, draft);
    await picture("submitted");
    await morgan.tab.tap();
    const request = morgan.card(name);
    await shows(request, "asks for your approval");
    await shows(request, /The margin of [\d.]+% is under/);
    await look(morgan, request);
    await picture("manager", { dark: true });
    await look(morgan, request, "end");
    await picture("manager-end");
    await look(eve, eve.card(name));
    await picture("engineer");
  });

  test("the manager sends it back with a discount that would do, and the rep takes it with one tap", async () => {
    const request = morgan.card(name);
    await morgan.tab.tap();
    await press(request, "Request changes");
    await request.getByLabel("Discount in percent").fill("8");
    await picture("request-changes", { dark: true });
    await press(request, "Send back");
    await shows(request, "8% off instead");
    await look(morgan, request);
    await picture("sent-back");
    await riley.tab.tap();
    await shows(draft, "asks for changes");
    await look(riley, draft);
    await picture("rep-offer", { dark: true });
    await press(draft, "Take 8% off and submit");
    name = name.replace("v1", "v2");
    const next = riley.card(name);
    await shows(next, "Waiting for");
    await look(riley, next);
    await picture("rep-taken");
  });

  test("a large approval is proved: not by somebody else, nor without the second factor, but by her own sign-in", async () => {
    const request = morgan.card(name);
    await morgan.tab.tap();
    await shows(request, "asks for your approval");
    await shows(request, "Verified with NetSuite");
    await press(request, "Approve");
    await shows(request, "One step is left");
    await look(morgan, request);
    await picture("one-step-left", { dark: true });
    let at = await proves(request, "Vera Vice", { shot: "approve" });
    await shows(at, "Nothing was decided");
    await picture("somebody-else", { of: at });
    await at.close();
    at = await proves(request, "Morgan Manager", { mfa: false });
    await shows(at, "Nothing was decided");
    await picture("without-second-factor", { of: at });
    await at.close();
    at = await proves(request, "Morgan Manager");
    await shows(at, /^You approved Q-\d+ v2/);
    assert.doesNotMatch(await at.locator("body").innerText(), /\$|margin|Acme/i);
    await picture("you-approved", { of: at, dark: true });
    await at.close();
    await shows(request, "Waiting for");
    await look(morgan, request);
    await picture("manager-approved");
    console.log(await request.innerText());
  });

  test("the engineer approves beside it", async () => {
    await eve.tab.tap();
    const request = eve.card(name);
    await press(request, "Approve");
    await shows(request, "One step is left");
    const at = await proves(request, "Eve Engineer");
    await shows(at, /^You approved/);
    await at.close();
    await look(eve, request);
    await picture("engineer-approved");
  });

  test("who is away has somebody stand in, which is proved as well", async () => {
    await finn.tab.tap();
    await shows(finn.card(name), "asks for your approval");
    await look(finn, finn.card(name));
    await picture("finance");
    const answer = await finn.say("I'm out till Monday, Vera covers");
    await answer.getByRole("button", { name: /^Let Vera Vice decide until/ }).click();
    await answer.getByRole("link", { name: "Sign in", exact: true }).waitFor();
    await look(finn, answer);
    await picture("stand-in", { dark: true });
    const at = await proves(answer, "Finn Finance", { link: "Sign in", shot: "stand-in" });
    await shows(at, "Vera Vice decides in your place");
    await picture("stand-in-proved", { of: at });
    await at.close();
    await vera.tab.tap();
    await shows(vera.card("Finn Finance"), "stand in");
    await shows(vera.card(name), "in place of");
    await look(vera, vera.card(name));
    await picture("vice-in-place-of", { dark: true });
  });

  test("what waits too long is reminded of, and the next level is asked as well", async () => {
    await sam.tab.tap();
    const other = await sam.say("quote 60 radios for 3 sites, construction, Drift Creek Farms");
    await shows(other, "Verified with NetSuite");
    await press(other, "Submit");
    await shows(other, "Waiting for Morgan Manager");
    await shows(await sam.turn("/demo wait"), "Three business days have passed");
    const waits = await quoteOf(other);
    await shows(sam.chat, `${waits} has waited long`);
    await picture("rep-escalated");
    await morgan.tab.tap();
    const reminder = morgan.card(`${waits.split(" ")[0]} waits for you`);
    await look(morgan, reminder);
    await picture("reminder", { dark: true });
    await press(reminder, `Open ${waits.split(" ")[0]}`);
    await finn.tab.tap();
    await shows(finn.card(waits), "asks for your approval");
    await look(finn, finn.card(waits));
    await picture("escalated");
    console.log(await finn.chat.innerText());
  });

  test("the last step is proved: approved, on everybody's card, and the Estimate is in NetSuite", async () => {
    await vera.tab.tap();
    const request = vera.card(name);
    await press(request, "Approve");
    await shows(request, "One step is left");
    const at = await proves(request, "Vera Vice");
    await shows(at, `${name} is approved`);
    await picture("approved-page", { of: at });
    await at.close();
    await shows(request, "Approved by");
    await look(vera, request);
    await picture("approved-vice");
    await riley.tab.tap();
    const mine = riley.card("120 radios");
    await shows(riley.card(name), "Approved by");
    await shows(riley.chat, "The Estimate is in NetSuite and agrees line by line.");
    await look(riley, riley.chat.getByTestId("message").filter({ has: page.getByText("The Estimate is in NetSuite") }).last());
    await picture("approved-rep", { dark: true });
    console.log(await riley.chat.innerText());
  });
});
