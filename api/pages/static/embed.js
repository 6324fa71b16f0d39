// <yidang-home>: what is due and offered, on a portal's own page. The portal loads this file as a module and sets
// `token` to a function that gives the signed-in resident's access token. Nothing is kept, nothing is styled: use ::part.
class YidangHome extends HTMLElement {
  set token(give) { this.show(give); }

  async show(give) {
    const from = new URL("/", import.meta.url);
    const headers = { Authorization: `Bearer ${await give()}`, "Accept-Language": this.closest("[lang]")?.lang || "zh" };
    const answer = await fetch(new URL("v1/me/home", from), { headers });
    const told = await answer.json();
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.replaceChildren(...(answer.ok ? this.blocks(told, from) : [this.made("p", "problem", told.detail)]));
  }

  blocks(home, from) {
    const due = home.due.map((item) => this.item(item.sentence, item.action, from));
    const told = new Set(home.due.map((item) => item.action?.guide));
    const more = home.suggestions.filter(({ card }) => !told.has(card.guide));
    const offered = more.map(({ card, reasons }) => this.item(card.name, card, from, reasons[0]?.text));
    return [this.made("ul", "due", ...due), this.made("ul", "offered", ...offered)];
  }

  item(words, card, from, why = "") {
    const link = card ? Object.assign(this.made("a", "link", words), { href: new URL(card.guide, from) }) : words;
    return this.made("li", "item", link, why && this.made("small", "why", why));
  }

  made(tag, part, ...inside) {
    const element = Object.assign(document.createElement(tag), { part });
    element.append(...inside);
    return element;
  }
}
customElements.define("yidang-home", YidangHome);
