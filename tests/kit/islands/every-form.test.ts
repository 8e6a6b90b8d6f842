import { beforeEach, expect, test } from "vitest";
import { keepEveryForm } from "../../../zhiliu/kit/islands/lib/every-form";
import { addMeta, find, settle } from "../../islands";

beforeEach(keepEveryForm);

async function form(inside: string, attributes = 'method="post" action="/needs/new/"'): Promise<HTMLFormElement> {
  document.body.innerHTML = `<main><form ${attributes}>${inside}</form></main>`;
  await settle();
  return find<HTMLFormElement>("form");
}

test.each(['<textarea name="body"></textarea>', '<input name="title">', '<input type="text" name="title">', '<input type="tel" name="phone">'])(
  "a form with %s keeps its text",
  async (field) => expect((await form(field)).dataset.controller).toBe("draft"),
);

test.each(['<input type="checkbox" name="yes">', '<textarea></textarea>', '<input type="date" name="day">'])(
  "a form with %s alone has nothing to keep",
  async (field) => expect((await form(field)).dataset.controller).toBeUndefined(),
);

test("a form with a password keeps nothing", async () => {
  expect((await form('<input name="name"><input type="password" name="password">')).dataset.controller).toBeUndefined();
});

test("where nobody is signed in nothing is kept", () => {
  addMeta("me", "");
  document.body.innerHTML = '<form method="post"><input name="title"></form>';
  keepEveryForm();
  expect(find("form").dataset.controller).toBeUndefined();
});

test("a form that only searches keeps nothing", async () => {
  expect((await form('<input name="q">', 'action="/search/"')).dataset.controller).toBeUndefined();
});

test("a form that keeps its text itself is left alone", async () => {
  expect((await form('<input name="title">', 'method="post" data-draft="off"')).dataset.controller).toBeUndefined();
});

test("other islands of the form stay, and drafts come once", async () => {
  expect((await form('<input name="title">', 'method="post" data-controller="submit"')).dataset.controller).toBe("submit draft");
  expect((await form('<input name="title">', 'method="post" data-controller="draft submit"')).dataset.controller).toBe("draft submit");
});

test("forms in the rows of a list differ by what they say without being asked", async () => {
  const inside = '<input name="text"><input type="hidden" name="option" value="3"><input type="hidden" name="csrfmiddlewaretoken" value="x"><input type="hidden" name="version" value="2"><input type="hidden" name="_once" value="y">';
  expect((await form(inside)).dataset.draftKeyValue).toBe("/needs/new/#option=3");
});

test("a key the form has keeps its name", async () => {
  expect((await form('<input name="text">', 'method="post" data-draft-key-value="need"')).dataset.draftKeyValue).toBe("need");
});
