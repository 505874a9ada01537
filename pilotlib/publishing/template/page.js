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
