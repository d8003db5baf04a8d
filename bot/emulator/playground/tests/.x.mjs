import { openBrowser } from "./browser.js";
import { openPage, press, quoteOf, shows, startDemo } from "./demo.js";
const [b, demo] = await Promise.all([openBrowser(), startDemo()]);
const p = await openPage(b, demo.page, { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, colorScheme: "light" });
try {
  await p.riley.tab.tap();
  for (const t of ["quote 120 radios for 6 sites, construction, Acme Construction, net60", "quote 120 radios for 6 sites, construction, Acme Construction, net60, 10% off", "quote 120 radios for 6 sites, construction, Acme Construction, with 10 repeaters, net60, 10% off"]) {
    const c = await p.riley.say(t);
    await shows(c, "Verified with NetSuite").catch((e) => console.log("not verified"));
    console.log("=== " + t + "\n" + await c.innerText());
  }
} finally { await b.close(); await demo.stop(); }
