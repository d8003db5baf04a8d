// The language of everybody's Teams on this page. It goes with all that they send, as Teams sends
// it, and the bot answers in it.
const known = [["en-US", "English"], ["es-US", "Español"], ["es-ES", "Español (España)"]];

export const locale = () => localStorage.getItem("locale") ?? known[0][0];

// chooseLanguage fills the select of the page and tells when another language is chosen.
export function chooseLanguage(select, onChange) {
  select.append(...known.map(([tag, name]) => new Option(name, tag, false, tag === locale())));
  select.addEventListener("change", () => {
    localStorage.setItem("locale", select.value);
    onChange();
  });
}
