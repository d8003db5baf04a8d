// The demo as a process of its own, and the people on its page.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifact, repository } from "./browser.js";

const startLimit = 90_000;
const stopLimit = 30_000;

// startDemo runs `radioquote demo` on a free port with a fresh folder, and answers once it has said
// where its page and its NetSuite are. stop ends it as Ctrl-C does and answers with its exit code.
export async function startDemo() {
  const data = await mkdtemp(join(tmpdir(), "radioquote-demo-"));
  await chmod(data, 0o755); // Postgres may run as another user
  const program = spawn(join(repository, "bin", "radioquote"), ["demo", "--listen", `127.0.0.1:${await freePort()}`, "--data", data], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(program, "exit");
  const stop = async () => {
    program.kill("SIGINT");
    const deadline = setTimeout(() => program.kill("SIGKILL"), stopLimit);
    const [code] = await exited;
    clearTimeout(deadline);
    await rm(data, { recursive: true, force: true });
    return code;
  };
  try {
    const said = await greeting(program);
    return { page: said.match(/http:\/\/\S+/)[0], netsuite: said.match(/(http:\/\/\S+)\/_sim\/down/)[1], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function greeting(program) {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (chunk) => {
      said += chunk;
      if (said.includes("Ctrl-C stops everything")) resolve(said);
    };
    program.stdout.on("data", hear);
    program.stderr.on("data", hear);
    program.once("error", reject);
    program.once("exit", (code) => reject(new Error(`the demo ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error(`the demo did not start: ${said}`)), startLimit).unref();
  });
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

// openPage shows the demo's page as the people have left it. What the page or the card renderer
// complains about is collected in complaints.
export async function openPage(browser, url, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.text().startsWith("card:")) complaints.push(message.text());
  });
  await page.goto(url);
  const riley = new Person(page, "riley-rep");
  const morgan = new Person(page, "morgan-manager");
  const ada = new Person(page, "ada-admin");
  await Promise.all([riley, morgan].map((person) => person.chat.getByTestId("card").first().waitFor({ state: "attached" })));
  return { page, riley, morgan, ada, complaints, picture: (name) => page.screenshot({ path: artifact(`${name}.png`) }) };
}

// A Person is one side of the page.
export class Person {
  constructor(page, id) {
    this.page = page;
    this.pane = page.getByTestId(`pane-${id}`);
    this.tab = page.getByTestId(`tab-${id}`);
    this.chat = this.pane.getByTestId("messages");
  }

  // say types a text that was not said before, and answers with the bot's answer to it, by its
  // place in the chat: whatever it becomes.
  async say(text) {
    await this.pane.getByTestId("input").fill(text);
    await this.pane.getByTestId("send").click();
    const mine = this.chat.locator("[data-from=me]").filter({ has: this.page.getByText(text, { exact: true }) }).last();
    const answer = mine.locator("xpath=following-sibling::*[@data-from='bot'][1]");
    await answer.getByTestId("card").waitFor();
    return answer;
  }

  // turn types one of the demo's switches, and answers with the page's line about it.
  async turn(command) {
    await this.pane.getByTestId("input").fill(command);
    await this.pane.getByTestId("send").click();
    const note = this.pane.getByTestId("demo-note").filter({ has: this.page.getByText(command, { exact: true }) }).last();
    await note.waitFor();
    return note;
  }

  // card is the last card on which a text stands: a quote's number and version.
  card(text) {
    return this.chat.getByTestId("message").filter({ has: this.page.getByText(text) }).last();
  }
}

export const press = (card, name) => card.getByRole("button", { name, exact: true }).click();

export const shows = (card, text, options) => card.getByText(text).first().waitFor(options);

// quoteOf reads the number and version that a card is about.
export async function quoteOf(card) {
  const [name] = (await card.innerText()).match(/Q-\d+ v\d+/);
  return name;
}
