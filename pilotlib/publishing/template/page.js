// What is folded is printed too, and folded again.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")];
  for (const one of opened) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of opened) one.open = false;
});

// A table that lacks but a little room on a narrow page is set smaller, rather than scrolled by a few points.
const fit = (boxes) => {
  for (const box of boxes) {
    const table = box.querySelector("table");
    const lacks = () => box.scrollWidth - box.clientWidth;
    if (lacks() >= 60) continue;
    for (let size = 0.76; lacks() > 0 && size > 0.64; size -= 0.02) table.style.fontSize = `${size}rem`;
    if (lacks() > 0) table.style.fontSize = "";
  }
};
// Once the font is there and long tables have their buttons, which both make them wider.
document.fonts.ready.then(() => fit(document.querySelectorAll(".table")));
document.addEventListener("toggle", (event) => fit(event.target.querySelectorAll(".table")), true);

// The list of contents shows where one is: the last section that has begun.
const entries = new Map([...document.querySelectorAll("nav a")].map((link) => [link, link.hash.slice(1)]));
const sections = [...document.querySelectorAll("main h2[id]")];
const mark = () => {
  const begun = sections.findLast((one) => one.getBoundingClientRect().top < innerHeight / 3);
  for (const [link, id] of entries) {
    if (begun?.id === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};
addEventListener("scroll", mark, { passive: true });
mark();

// A tap on a mark shows why; a second one leads to its row.
for (const link of document.querySelectorAll("a.check")) {
  link.addEventListener("click", (event) => {
    if (event.pointerType === "touch" && link.dataset.tapped !== "true") {
      event.preventDefault();
      link.dataset.tapped = "true";
      link.addEventListener("blur", () => { delete link.dataset.tapped; }, { once: true });
      link.focus();
    }
  });
}

// Search and sort for long tables; without a script they are read as they are.
for (const box of document.querySelectorAll(".searchable")) {
  const body = box.querySelector("tbody");
  const rows = [...body.rows];
  const heads = [...box.querySelectorAll("thead th")];
  const plain = (text) => text.normalize("NFKC").toLowerCase();

  const tools = document.createElement("p");
  tools.className = "search";
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "search";
  input.autocomplete = "off";
  label.append("在表中查找 ", input);
  const count = document.createElement("span");
  count.setAttribute("role", "status");
  tools.append(label, count);
  box.before(tools);

  let texts; // of each row, once somebody searches
  const search = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    if (words.length) texts ??= rows.map((row) => plain(row.textContent));
    rows.forEach((row, place) => {
      row.hidden = !words.every((word) => texts[place].includes(word));
    });
    count.textContent = `显示${rows.filter((row) => !row.hidden).length}行，共${rows.length}行`;
  };
  input.addEventListener("input", search);
  search();

  // What a cell is sorted by: its place in the order of its column, its number, or its text; nothing comes last.
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const sorter = (head, column) => {
    const order = (head.dataset.order || "").split("|");
    const keyed = (row) => {
      const text = row.cells[column].textContent.trim();
      const number = head.dataset.order ? order.indexOf(text) : Number(text.replace(/[,，至少]/g, "") || NaN);
      return { row, text, number, empty: ["", "—", "未提供"].includes(text) };
    };
    const compared = (a, b) =>
      Number.isNaN(a.number) || Number.isNaN(b.number) ? collator.compare(a.text, b.text) : a.number - b.number;
    return (direction) =>
      rows
        .map(keyed)
        .sort((a, b) => (a.empty || b.empty ? a.empty - b.empty : direction * compared(a, b)))
        .map((one) => one.row);
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const sorted = sorter(head, column);
    button.addEventListener("click", () => {
      const next = { null: "ascending", ascending: "descending", descending: null }[head.getAttribute("aria-sort")];
      for (const other of heads) other.removeAttribute("aria-sort");
      if (next) head.setAttribute("aria-sort", next);
      body.append(...(next ? sorted(next === "ascending" ? 1 : -1) : rows));
    });
  });
}
