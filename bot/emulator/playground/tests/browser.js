// Chromium for the tests, and where their pictures go.
import { accessSync, constants, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

export const repository = new URL("../../../../", import.meta.url).pathname;

// openBrowser starts the system's Chromium or Chrome; Playwright brings none of its own.
export function openBrowser() {
  const executablePath = onPath("chromium") ?? onPath("google-chrome");
  return chromium.launch({
    executablePath,
    channel: executablePath ? undefined : "chrome",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

function onPath(program) {
  return process.env.PATH.split(delimiter).map((folder) => join(folder, program)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// artifact names a picture that is kept for whoever reviews a run.
export function artifact(name) {
  const folder = join(repository, "artifacts");
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}
