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

  // quoteCard is somebody's card of a version, beside what else names it.
  const quoteCard = (person, version) => person.chat.getByTestId("message").filter({ has: page.getByText(version, { exact: true }) }).last();

  // opens presses a button that is answered with a message of its own.
  async function opens(person, button) {
    const messages = person.chat.getByTestId("message");
    const many = await messages.count();
    await button.click();
    await messages.nth(many).waitFor();
  }

  // look opens somebody's chat at the beginning of a card, or at its end.
  async function look(person, card, block = "start") {
    await person.tab.tap();
    await card.evaluate((node, at) => node.scrollIntoView({ block: at }), block);
  }

  // proves follows a card's link to the sign-in and signs in as somebody. It answers with the page
  // that says what became of it.
  async function proves(card, name, { mfa, shot, link = "Sign in to decide" } = {}) {
    const [at] = await Promise.all([page.context().waitForEvent("page"), card.getByRole("link", { name: link, exact: true }).click()]);
    await at.getByRole("button", { name: "Sign in and continue" }).waitFor();
    if (shot) await picture(`${shot}-step-up`, { of: at, dark: true });
    await at.getByRole("button", { name: "Sign in and continue" }).click();
    await signsIn(at, name, { mfa, shot });
    return at;
  }

  // signsIn fills in the sign-in page.
  async function signsIn(at, name, { mfa = true, shot } = {}) {
    await at.getByRole("radio", { name }).check();
    if (mfa) await at.getByRole("checkbox").check();
    if (shot) await picture(`${shot}-sign-in`, { of: at });
    await at.getByRole("button", { name: "Sign in", exact: true }).click();
    await at.waitForURL(/step-up\/callback/);
  }

  // submitted says something and submits what is quoted. It answers with the quote's name.
  async function submitted(person, text) {
    const card = await person.say(text);
    await shows(card, "Verified with NetSuite");
    await press(card, "Submit");
    await shows(card, "Waiting for");
    return quoteOf(card);
  }

  // sleeping is the manager's Teams on a laptop that hears of nothing any more, at her card.
  async function sleeping(version) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
    const at = await context.newPage();
    await at.addInitScript(() => {
      const { EventSource } = globalThis;
      globalThis.EventSource = class extends EventSource {
        constructor(url) {
          super(url);
          globalThis.stream = this;
        }
      };
    });
    await at.goto(demo.page);
    const card = at.getByTestId("pane-morgan-manager").getByTestId("message").filter({ has: at.getByText(version, { exact: true }) }).last();
    await card.getByRole("button", { name: "Approve", exact: true }).waitFor();
    await at.evaluate(() => globalThis.stream.close());
    return { at, card };
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
    const request = quoteCard(morgan, name);
    await shows(request, "asks for your approval");
    await shows(request, /The margin of [\d.]+% is under/);
    await look(morgan, request);
    await picture("manager", { dark: true });
    await look(morgan, request, "end");
    await picture("manager-end");
    await look(eve, quoteCard(eve, name));
    await picture("engineer");
  });

  test("the manager sends it back with a discount that would do, and the rep takes it with one tap", async () => {
    const request = quoteCard(morgan, name);
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
    const next = quoteCard(riley, name);
    await shows(next, "Waiting for");
    await look(riley, next);
    await picture("rep-taken");
  });

  test("a large approval is proved: not by somebody else, nor without the second factor, but by her own sign-in", async () => {
    const request = quoteCard(morgan, name);
    await morgan.tab.tap();
    await shows(request, "asks for your approval");
    await shows(request, "Verified with NetSuite");
    await press(request, "Approve");
    await shows(request, "One step is left");
    await look(morgan, request.getByRole("link", { name: "Sign in to decide" }), "center");
    await picture("one-step-left", { dark: true });
    let at = await proves(request, "Vera Vice", { shot: "approve" });
    await shows(at, "Somebody else signed in");
    await picture("somebody-else", { of: at });
    await at.getByRole("button", { name: "Sign in again" }).click();
    await signsIn(at, "Morgan Manager", { mfa: false });
    await shows(at, "without the second factor");
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
  });

  test("the engineer approves beside it", async () => {
    await eve.tab.tap();
    const request = quoteCard(eve, name);
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
    await shows(quoteCard(finn, name), "asks for your approval");
    await look(finn, quoteCard(finn, name));
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
    await shows(quoteCard(vera, name), "in place of");
    await look(vera, quoteCard(vera, name));
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
    await opens(morgan, reminder.getByRole("button", { name: `Open ${waits.split(" ")[0]}` }));
    const up = quoteCard(vera, waits); // finance is away
    await vera.tab.tap();
    await shows(up, "asks for your approval");
    await look(vera, up);
    await picture("escalated", { dark: true });
  });

  test("the last step is proved: approved on everybody's card, and the Estimate is in NetSuite", async () => {
    await vera.tab.tap();
    const request = quoteCard(vera, name);
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
    const mine = quoteCard(riley, name);
    await shows(mine, "The Estimate is in NetSuite and agrees line by line.");
    await shows(riley.chat, `${name} is approved by Vera Vice`);
    await look(riley, mine);
    await picture("approved-rep", { dark: true });
  });

  test("two clicks at once decide once, and a later one on an old card is answered with what it is now", async () => {
    await riley.tab.tap();
    const version = await submitted(riley, "quote 64 radios for 2 sites, construction, Ironwood Steel Erectors");
    const [one, other, later] = await Promise.all([sleeping(version), sleeping(version), sleeping(version)]);
    const clicks = async ({ at, card }) => {
      const answered = at.waitForResponse("**/api/execute");
      await press(card, "Approve");
      return (await answered).status();
    };
    assert.deepEqual(await Promise.all([one, other].map(clicks)), [200, 200]);
    await morgan.tab.tap();
    const request = quoteCard(morgan, version);
    await shows(request, "The Estimate is in NetSuite");
    assert.equal(await riley.chat.getByText(`${version} is approved by Morgan Manager`).count(), 1);
    assert.equal(await clicks(later), 200);
    await shows(request, "is already approved, by Morgan Manager");
    await look(morgan, request);
    await picture("old-card");
    await Promise.all([one, other, later].map(({ at }) => at.context().close()));
  });

  test("what needs a decision is one list with totals and ages; after each decision the next is a tap away", async () => {
    await riley.tab.tap();
    const first = await submitted(riley, "quote 70 radios for 2 sites, construction, Granite Peak Builders");
    const second = await submitted(riley, "quote 80 radios for 2 sites, construction, Eagle Point Resort");
    await morgan.tab.tap();
    const queue = await morgan.say("what needs my approval");
    await shows(queue, "3 quotes wait for you");
    await shows(queue, /Together \$[\d,.]+\. The oldest since .*\d days/);
    await look(morgan, queue);
    await picture("queue", { dark: true });
    const [oldest] = (await queue.innerText()).match(/Q-\d+ v\d+/);
    await opens(morgan, queue.getByRole("button").first());
    const opened = quoteCard(morgan, oldest);
    await shows(opened, "asks for your approval");
    await look(morgan, opened);
    await picture("queue-opened");
    await press(opened, "Approve");
    await opened.getByRole("button", { name: /^Next: / }).waitFor();
    await look(morgan, opened);
    await picture("next", { dark: true });
    await opens(morgan, opened.getByRole("button", { name: /^Next: / }));
    const next = quoteCard(morgan, first);
    await shows(next, "asks for your approval");

    await press(next, "Reject");
    await press(next, "Reject with this reason");
    await shows(next, "Say why");
    await next.getByRole("textbox").fill("Their last order was 12% dearer. Start there.");
    await picture("why-not");
    await press(next, "Reject with this reason");
    await shows(next, "Rejected by");
    await look(morgan, next);
    await picture("rejected");
    await riley.tab.tap();
    await shows(quoteCard(riley, first), "Their last order was 12% dearer.");
    await look(riley, quoteCard(riley, first));
    await picture("rejected-rep");

    const mine = quoteCard(riley, second);
    await press(mine, "Customer is waiting");
    await shows(mine, "The customer is waiting");
    await look(riley, mine);
    await picture("customer-waiting");
    await press(mine, "Take back");
    await shows(mine, "took it back");
    await look(riley, mine);
    await picture("recalled");
    await morgan.tab.tap();
    const recalled = quoteCard(morgan, second);
    await shows(recalled, "Recalled");
    assert.equal(await recalled.getByRole("button", { name: "Approve", exact: true }).count(), 0);
    await look(morgan, recalled);
    await picture("recalled-manager");
  });

  test("a rep decides on nobody's quote, whatever is said", async () => {
    await riley.tab.tap();
    const waits = await submitted(riley, "quote 75 radios for 2 sites, construction, Harbor View Marina");
    await sam.tab.tap();
    const answer = await sam.say(`approve ${waits.split(" ")[0]}`);
    await look(sam, answer);
    await picture("not-yours");
    const seen = await sam.say(`show ${waits.split(" ")[0]}`);
    for (const name of ["Approve", "Reject", "Request changes", "Ask a colleague", "Take back", "Submit"]) {
      assert.equal(await sam.chat.getByTestId("message").last().getByRole("button", { name, exact: true }).count(), 0, name);
    }
    await look(sam, seen);
    await picture("colleague");
    assert.doesNotMatch(await sam.chat.innerText(), /margin of [\d.]+%|Margin [\d.]+%/i);
    assert.deepEqual(teams.complaints, []);
  });
});
