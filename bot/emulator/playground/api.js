// What the page sends to the emulator and hears from it.
import { locale } from "./language.js";

// send does a wish of a person: say, execute, submit or refresh. It answers {status, message,
// error, detail} and never throws.
export async function send(wish, body) {
  try {
    const response = await fetch(`/api/${wish}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, locale: locale() }),
    });
    if (!response.ok) return { error: "Something went wrong. Please try again.", detail: await response.text() };
    return await response.json();
  } catch (error) {
    return { error: "The emulator does not answer. Is the demo still running?", detail: String(error) };
  }
}

export async function loadPage() {
  const response = await fetch("/api/page");
  if (!response.ok) throw new Error(`the emulator answered ${response.status}`);
  return response.json();
}

// listen follows all chats. The browser connects again by itself; then every message is told again.
export function listen({ onMessage, onTyping, onConnected }) {
  let run;
  const events = new EventSource("/api/events");
  events.addEventListener("hello", (event) => {
    const hello = JSON.parse(event.data);
    if (run && run !== hello.run) location.reload(); // the emulator has forgotten what we show
    run = hello.run;
    onConnected(true);
  });
  events.addEventListener("message", (event) => onMessage(JSON.parse(event.data)));
  events.addEventListener("typing", (event) => onTyping(JSON.parse(event.data)));
  events.addEventListener("error", () => onConnected(false));
}
