import { openBrowser } from "./browser.js";
import { readFileSync } from "node:fs";
const [out, ...fs] = process.argv.slice(2);
const b = await openBrowser();
const p = await b.newPage({ viewport: { width: fs.length * 460, height: 940 } });
await p.setContent(`<body style="margin:0;display:flex;background:#888;gap:8px">` + fs.map((f) => `<img style="width:452px;align-self:flex-start" src="data:image/png;base64,${readFileSync(f).toString("base64")}">`).join(""));
await p.screenshot({ path: out, fullPage: true });
await b.close();
