// What a person makes go wrong in the demo with /demo, and what the others see then. A demo of its
// own, because prices that were released stay so. The pictures go to artifacts/.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openBrowser } from "./browser.js";
import { openPage, press, shows, startDemo } from "./demo.js";

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

describe("the demo's switches", () => {
  let browser;
  let demo;
  let desk;

  before(async () => {
    [browser, demo] = await Promise.all([openBrowser(), startDemo()]);
    desk = await openPage(browser, demo.page, { viewport: { width: 1440, height: 1000 }, colorScheme: "light" });
  });

  after(async () => {
    await browser?.close();
    if (demo) assert.equal(await demo.stop(), 0, "the demo did not end well");
  });

  test("/demo lists them, and is no message", async () => {
    const { riley, picture } = desk;
    const messages = await riley.chat.getByTestId("message").count();
    await shows(await riley.turn("/demo"), "/demo price-spike: three prices move too far");
    assert.equal(await riley.chat.getByTestId("message").count(), messages);
    await picture("30-switches");
  });

  test("down, a quote is not verified; up, it is", async () => {
    const { riley } = desk;
    await riley.turn("/demo netsuite-down");
    const card = await riley.say("quote 80 radios for 2 sites, construction, Acme Construction");
    await shows(card, "Not verified yet");
    await riley.turn("/demo netsuite-up");
    await shows(card, "Verified with NetSuite", { timeout: 90_000 }); // it is asked again after a minute
  });

  test("prices that move too far are held until the admin releases them", async () => {
    const { riley, morgan, ada, picture } = desk;
    assert.ok(await ada.pane.isHidden());
    await shows(await riley.turn("/demo price-spike"), "BAT-C, SUM-P20U, CHG-1B");
    await ada.tab.getByLabel("new messages").waitFor();
    await ada.tab.click();
    assert.ok(await morgan.pane.isHidden());
    await shows(ada.card("BAT-C"), "Prices held");
    const id = await ada.card("BAT-C").getAttribute("data-message-id");
    const held = ada.chat.locator(`[data-message-id="${id}"]`); // its title goes with the decision
    await picture("31-held");
    for (const colorScheme of ["light", "dark"]) await keepPicturesOfHeld(browser, demo.page, colorScheme);
    await press(held, /^Release all/);
    await shows(held, "released");
    assert.equal(await held.getByRole("button").count(), 0);
    await picture("32-released");
    assert.deepEqual(desk.complaints, []);
  });

  test("what the release did to the open quote is the rep's and the manager's to know, and one tap re-prices it", async () => {
    const { riley, morgan, picture } = desk;
    const alert = riley.card("This is what they do to your open quotes");
    await shows(alert, /Q-1001 v\d+: \$/);
    await morgan.tab.click();
    await shows(morgan.card("would cost something else today"), "→");
    await picture("34-drift");
    for (const colorScheme of ["light", "dark"]) await keepPictureOfDrift(browser, demo.page, colorScheme);
    await press(alert, "reprice Q-1001");
    await shows(riley.card("Q-1001 v2"), "What changed");
    await picture("36-repriced");
    assert.deepEqual(desk.complaints, []);
  });
});

// keepPicturesOfHeld shows the admin's card on a phone and on a wide screen.
async function keepPicturesOfHeld(browser, url, colorScheme) {
  for (const [name, options] of [["phone", phone], ["desk", { viewport: { width: 1440, height: 1000 } }]]) {
    const { page, ada, picture, complaints } = await openPage(browser, url, { ...options, colorScheme });
    await ada.tab.click();
    await ada.card("Prices held").getByRole("button", { name: /^Release all/ }).waitFor();
    await picture(`33-held-${name}-${colorScheme}`);
    assert.deepEqual(complaints, []);
    await page.context().close();
  }
}

// keepPictureOfDrift shows the rep's alert on a phone.
async function keepPictureOfDrift(browser, url, colorScheme) {
  const { page, riley, picture } = await openPage(browser, url, { ...phone, colorScheme });
  await riley.card("This is what they do to your open quotes").scrollIntoViewIfNeeded();
  await picture(`35-drift-phone-${colorScheme}`);
  await page.context().close();
}
