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

  const search = () => {
    const words = plain(input.value).split(/\s+/);
    for (const row of rows) row.hidden = !words.every((word) => plain(row.textContent).includes(word));
    count.textContent = `显示${rows.filter((row) => !row.hidden).length}行，共${rows.length}行`;
  };
  input.addEventListener("input", search);
  search();

  // What a cell is sorted by: its place in the order of its column, its number, or its text; nothing comes last.
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const compare = (head, column) => {
    const order = (head.dataset.order || "").split("|");
    const text = (row) => row.cells[column].textContent.trim();
    const key = (row) =>
      head.dataset.order ? order.indexOf(text(row)) : Number(text(row).replace(/[,，至少]/g, "") || NaN);
    const empty = (row) => ["", "—", "未提供"].includes(text(row));
    return (direction) => (a, b) => {
      if (empty(a) || empty(b)) return empty(a) - empty(b);
      const [x, y] = [key(a), key(b)];
      return direction * (Number.isNaN(x) || Number.isNaN(y) ? collator.compare(text(a), text(b)) : x - y);
    };
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const by = compare(head, column);
    button.addEventListener("click", () => {
      const next = { null: "ascending", ascending: "descending", descending: null }[head.getAttribute("aria-sort")];
      for (const other of heads) other.removeAttribute("aria-sort");
      if (next) head.setAttribute("aria-sort", next);
      body.append(...(next ? [...rows].sort(by(next === "ascending" ? 1 : -1)) : rows));
    });
  });
}
