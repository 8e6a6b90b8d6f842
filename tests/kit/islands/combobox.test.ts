import { beforeEach, expect, test, vi } from "vitest";
import Combobox from "../../../zhiliu/kit/islands/combobox";
import { type Asked, find, later, page, press, serve, settle, texts, type } from "../../islands";

const PEOPLE = [
  { value: "1", label: "王芳", hint: "wf" },
  { value: "2", label: "王伟", detail: "设备部" },
  { value: "3", label: "李强" },
];

let asked: Asked[];

beforeEach(() => {
  vi.useFakeTimers();
  asked = serve(({ url }) => PEOPLE.filter(({ label }) => label.includes(url.searchParams.get("q") ?? "")));
});

async function select(options = "", attributes = ""): Promise<void> {
  await page(
    `<form><label for="who">Who</label><div data-controller="combobox" data-combobox-url-value="/people/" ${attributes}>
      <select id="who" name="who" ${attributes.includes("several") ? "multiple" : ""} data-placeholder="A name">${options}</select></div></form>`,
    { combobox: Combobox },
  );
}

async function textField(attributes = ""): Promise<void> {
  await page(`<div data-controller="combobox" data-combobox-url-value="/people/" ${attributes}><input id="who" name="who"></div>`, { combobox: Combobox });
}

function field(): HTMLInputElement {
  return find<HTMLInputElement>("[role=combobox]");
}

async function typed(text: string): Promise<void> {
  type(field(), text);
  await vi.advanceTimersByTimeAsync(150);
}

function offered(): string[] {
  return find(".combobox-list").hidden ? [] : texts(".combobox-list [role=option] > span:first-child");
}

function marked(): string[] {
  return texts('.combobox-list [aria-selected="true"] > span:first-child');
}

function chosen(): string[] {
  return [...find<HTMLSelectElement>("select").selectedOptions].map((option) => option.value);
}

test("the select stays the field of the form; one types into a field its label points to", async () => {
  await select('<option value="1" selected>王芳</option>');
  expect(find("select").hidden).toBe(true);
  expect(find<HTMLLabelElement>("label").control).toBe(field());
  expect(texts(".token")).toEqual(["王芳"]);
});

test("what is typed is asked for once, after a moment", async () => {
  await textField();
  type(field(), "王");
  vi.advanceTimersByTime(149);
  type(field(), "王伟");
  await vi.advanceTimersByTimeAsync(150);
  expect(asked.map(({ url }) => `${url.pathname}${decodeURI(url.search)}`)).toEqual(["/people/?q=王伟"]);
  expect(offered()).toEqual(["王伟"]);
});

test("nothing is asked while an input method composes, and what it wrote is asked for at its end", async () => {
  await textField();
  type(field(), "wang", { isComposing: true });
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([]);
  field().dispatchEvent(new CompositionEvent("compositionend"));
  expect(asked.length).toBe(1);
});

test("arrows walk in a circle, the first row is marked", async () => {
  await select();
  await typed("王");
  const walk = ["", "ArrowDown", "ArrowDown", "ArrowUp"].map((key) => {
    if (key) press(field(), key);
    return [...marked(), field().getAttribute("aria-activedescendant")?.replace(/.*-/, "")];
  });
  expect(walk).toEqual([["王芳", "0"], ["王伟", "1"], ["王芳", "0"], ["王伟", "1"]]);
});

test("Enter takes the marked row, empties the field and says so", async () => {
  await select();
  const changes = vi.fn();
  find("select").addEventListener("change", changes);
  await typed("王");
  press(field(), "ArrowDown");
  expect(press(field(), "Enter")).toBe(true);
  expect([chosen(), texts(".token"), field().value, offered()]).toEqual([["2"], ["王伟"], "", []]);
  expect(changes).toHaveBeenCalledTimes(1);
});

test("another choice takes the place of the first, unless several may be chosen", async () => {
  await select('<option value="1" selected>王芳</option>');
  await typed("李");
  press(field(), "Enter");
  expect(chosen()).toEqual(["3"]);
  await select('<option value="1" selected>王芳</option>', 'data-combobox-several-value="true"');
  await typed("李");
  press(field(), "Enter");
  expect(chosen()).toEqual(["1", "3"]);
});

test("what is chosen already is not offered again", async () => {
  await select('<option value="1" selected>王芳</option>', 'data-combobox-several-value="true"');
  await typed("王");
  expect(offered()).toEqual(["王伟"]);
});

test("Backspace in the empty field takes the last choice away, and in a text it does not", async () => {
  await select('<option value="1" selected>王芳</option><option value="2" selected>王伟</option>', 'data-combobox-several-value="true"');
  await typed("李");
  press(field(), "Backspace");
  expect(texts(".token")).toEqual(["王芳", "王伟"]);
  type(field(), "");
  press(field(), "Backspace");
  expect(texts(".token")).toEqual(["王芳"]);
});

test("with the one choice taken away the form sends nothing for it", async () => {
  await select('<option value="1" selected>王芳</option>');
  find(".token button").click();
  expect(find<HTMLSelectElement>("select").value).toBe("");
  expect(field().placeholder).toBe("A name");
});

test("Enter that confirms a candidate of the input method chooses nothing", async () => {
  await select();
  await typed("王");
  expect(press(field(), "Enter", { isComposing: true })).toBe(false);
  press(field(), "Enter", { keyCode: 229 });
  expect(chosen()).toEqual([]);
});

test("Enter in a half-typed name does not send the form, and Ctrl Enter is left to it", async () => {
  await select();
  type(field(), "王");
  expect(press(field(), "Enter")).toBe(true);
  expect(press(field(), "Enter", { ctrlKey: true })).toBe(false);
});

test("Escape closes the list and goes no further; with a closed list it does", async () => {
  await textField();
  await typed("王");
  expect([press(field(), "Escape"), offered(), press(field(), "Escape")]).toEqual([true, [], false]);
});

test("where nothing is found the list says so, and Enter takes nothing", async () => {
  await select();
  await typed("赵");
  expect(texts(".combobox-list li")).toEqual(["Nothing found"]);
  press(field(), "ArrowDown");
  press(field(), "Enter");
  expect(chosen()).toEqual([]);
});

test("a new word may be added where the field allows it, unless it is there", async () => {
  await select("", 'data-combobox-create-value="true"');
  await typed("王");
  expect(offered()).toEqual(["王芳", "王伟", "Add “王”"]);
  press(field(), "ArrowUp");
  press(field(), "Enter");
  expect([chosen(), texts(".token")]).toEqual([["王"], ["王"]]);
  await typed("李强");
  expect(offered()).toEqual(["李强"]);
});

test("of two questions only the answer to the newer one is shown", async () => {
  await textField();
  const first = later<unknown>();
  let count = 0;
  serve(() => (count++ ? [PEOPLE[1]] : first.answer));
  await typed("王");
  await typed("王伟");
  first.give(PEOPLE);
  await settle();
  expect(offered()).toEqual(["王伟"]);
});

test("an answer that comes after the choice or after Escape does not open the list again", async () => {
  for (const key of ["Enter", "Escape"]) {
    await textField();
    await typed("王");
    const slow = later<unknown>();
    serve(() => slow.answer);
    await typed("王芳");
    press(field(), key);
    slow.give(PEOPLE);
    await settle();
    expect([key, offered()]).toEqual([key, []]);
  }
});

test("a question that was about to be asked is not asked after the choice", async () => {
  await textField();
  await typed("王");
  type(field(), "王芳");
  press(field(), "Enter");
  await vi.advanceTimersByTimeAsync(1000);
  expect([asked.length, offered()]).toEqual([1, []]);
});

test("leaving the field closes the list and drops what was half typed", async () => {
  await select();
  await typed("王");
  field().blur();
  expect([field().value, offered()]).toEqual(["", []]);
});

test("a dead line or a refusal leaves the text alone", async () => {
  await textField();
  serve(() => new Error("dead"));
  await typed("王");
  serve(() => new Response("", { status: 403 }));
  await typed("王芳");
  expect([field().value, offered()]).toEqual(["王芳", []]);
});
