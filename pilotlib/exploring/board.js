// The board in the browser: it sets `asked` and shows the answers as they come.

const MANY = 8; // words of a column: of more there is a search

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

// A group of check boxes for the words of a column, to be searched where they are many.
function column({ name, title, words }, chosen, choose) {
  const boxes = words.map((word) => {
    const box = make("input", { type: "checkbox", checked: chosen(name).includes(word) });
    box.onchange = () => choose(name, word, box.checked);
    return make("label", { word, box }, box, String(word));
  });
  const search = make("input", { type: "search", placeholder: `搜索${words.length}个`, ariaLabel: `搜索${title}` });
  search.oninput = () => {
    const wanted = search.value.trim().toLowerCase();
    boxes.forEach((label) => { label.hidden = !label.textContent.toLowerCase().includes(wanted); });
  };
  const many = words.length > MANY;
  const group = make("fieldset", { className: many ? "many" : "" }, make("legend", {}, title));
  group.append(...(many ? [search] : []), make("div", { className: "words" }, ...boxes));
  group.update = () => boxes.forEach(({ word, box }) => { box.checked = chosen(name).includes(word); });
  return group;
}

// Forms of charts as buttons of which one is on; why one is off stands in its hint and below them.
function forms(pick, choose) {
  const group = make("fieldset", { className: "forms" }, make("legend", {}, pick.title));
  group.show = ({ words, picked }) => {
    if (!group.buttons) {
      group.buttons = words.map(([word, title]) => make("button", { word, onclick: () => choose(pick.name, word) }, title));
      group.why = make("small");
      group.append(...group.buttons, group.why);
    }
    words.forEach(([word, , why], place) => {
      const button = group.buttons[place];
      button.ariaPressed = String(word === picked);
      button.ariaDisabled = String(Boolean(why));
      button.onclick = why ? null : () => choose(pick.name, word);
      button.title = why;
    });
    group.why.textContent = [...new Set(words.map(([, , why]) => why).filter(Boolean))].join("；");
  };
  return group;
}

// One word of several; where there is nothing to choose it says why.
function list(pick, choose) {
  const select = make("select", { ariaLabel: pick.title, onchange: () => choose(pick.name, select.value) });
  const why = make("small");
  const label = make("div", { className: "pick" }, make("span", {}, pick.title), select, why);
  label.show = (now) => {
    const words = JSON.stringify(now.words);
    if (words !== label.shown) {
      select.replaceChildren(...now.words.map(([value, title]) => make("option", { value }, title)));
      label.shown = words;
    }
    select.value = now.picked;
    select.hidden = Boolean(now.why);
    why.textContent = now.why;
  };
  return label;
}

function save(content, [bytes]) {
  const link = make("a", { download: content.name, href: URL.createObjectURL(new Blob([bytes], { type: content.type })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function render({ model, el }) {
  const asked = () => model.get("asked");
  const chosen = (name) => asked().selection[name] ?? [];
  const ask = (change) => {
    model.set("asked", { ...asked(), ...change, number: asked().number + 1 });
    model.save_changes();
  };
  const choose = (name, word, on) => {
    const others = chosen(name).filter((each) => each !== word);
    ask({ selection: { ...asked().selection, [name]: on ? [...others, word] : others } });
  };
  const pick = (name, word) => {
    const now = Object.fromEntries(model.get("offered").picks.map((each) => [each.name, each.picked]));
    ask({ picks: { ...now, [name]: word } });
  };
  const look = (table) => ask({ table, selection: {}, picks: {} });

  const busy = make("span", { className: "busy", role: "status" });
  const tables = make("div", { className: "tables" });
  const columns = make("div", { className: "columns" });
  const chips = make("div", { className: "chips" });
  const picks = make("div", { className: "picks" });
  const picture = make("div", { className: "picture" });
  const totals = make("div", { className: "totals" });
  const code = make("pre");
  const copy = make("button", { onclick: async () => {
    await navigator.clipboard.writeText(code.textContent);
    copy.textContent = "已复制";
    setTimeout(() => { copy.textContent = "复制代码"; }, 1500);
  } }, "复制代码");
  const files = [["svg", "图 SVG"], ["png", "图 PNG"], ["csv", "所选行 CSV"], ["xlsx", "所选行 XLSX"]];
  const downloads = files.map(([file, title]) => make("button", { onclick: () => model.send({ file }) }, title));
  el.classList.add("pilot-board");
  // Keys are the board's, not JupyterLab's, where an arrow leaves a list and b adds a cell.
  el.addEventListener("focusin", ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; });
  el.append(
    tables, columns, chips,
    make("div", { className: "seen" }, totals, make("div", { className: "drawn" },
      picks, picture, make("div", { className: "files" }, "下载：", ...downloads))),
    make("details", {}, make("summary", {}, "同样的行与图，用代码"), make("p", {}, "粘贴到任一单元格即可继续分析。"), code, copy),
  );

  // What is chosen, as chips that go away when they are clicked, and whether it is still worked out.
  const showAsked = () => {
    columns.querySelectorAll("fieldset").forEach((group) => group.update());
    const off = model.get("offered").columns.flatMap(({ name, title }) => chosen(name).map((word) => make(
      "button", { className: "chip", ariaLabel: `不再只看${title}：${word}`, onclick: () => choose(name, word, false) }, `${title}：${word} ×`,
    )));
    const clear = make("button", { onclick: () => ask({ selection: {} }) }, "清除筛选");
    chips.replaceChildren(...(off.length ? [...off, clear] : ["没有筛选：不选就是全部。"]), busy);
    const waiting = model.get("answered") !== asked().number;
    busy.textContent = waiting ? "正在计算…" : "";
    el.classList.toggle("waiting", waiting);
    if (waiting) [picture, totals].forEach((part) => part.classList.add("old"));
  };
  const showOffered = () => {
    const { tables: all, columns: filters, picks: of_chart } = model.get("offered");
    if (columns.table !== asked().table) {
      columns.table = asked().table;
      columns.replaceChildren(...filters.map((each) => column(each, chosen, choose)));
      picks.replaceChildren(...of_chart.map((each) => (each.name === "form" ? forms : list)(each, pick)));
    }
    of_chart.forEach((each, place) => picks.children[place].show(each));
    tables.replaceChildren(...(all.length > 1 ? ["看：", ...all.map(([name, title]) => make(
      "button", { ariaPressed: String(name === asked().table), onclick: () => look(name) }, title,
    ))] : []));
  };
  const showPicture = () => {
    const [svg, said] = [model.get("picture"), model.get("said")];
    picture.replaceChildren(svg
      ? make("img", { alt: said, src: `data:image/svg+xml,${encodeURIComponent(svg)}` })
      : make("p", {}, said));
    picture.classList.remove("old");
    downloads.slice(0, 2).forEach((button) => { button.disabled = !svg; });
  };
  const showTotals = () => {
    totals.innerHTML = model.get("totals");
    totals.classList.remove("old");
  };
  const showCode = () => { code.textContent = model.get("code"); };
  const showAnswered = () => {
    if (model.get("answered") === asked().number) [picture, totals].forEach((part) => part.classList.remove("old"));
    showAsked();
  };

  for (const [name, show] of [
    ["offered", showOffered], ["picture", showPicture], ["said", showPicture], ["totals", showTotals],
    ["code", showCode], ["answered", showAnswered], ["asked", showAsked],
  ]) {
    model.on(`change:${name}`, show);
  }
  model.on("msg:custom", save);
  [showOffered, showPicture, showTotals, showCode, showAnswered].forEach((show) => show());
}

export default { render };
