import { type Application, Controller, type ControllerConstructor } from "@hotwired/stimulus";
import { expect, test } from "vitest";
import { byName, loadWhenSeen, type Loader, nameOf } from "../../../zhiliu/kit/islands/lib/registry";
import { settle } from "../../islands";

/** Starts with the islands of these names; returns which are asked for and registered. Those that are `failing` cannot be fetched the first time. */
function start(names: string[], failing: string[] = []): { asked: string[]; registered: string[] } {
  const asked: string[] = [];
  const registered: string[] = [];
  const load = async (name: string): Promise<{ default: ControllerConstructor }> => {
    asked.push(name);
    if (failing.includes(name) && asked.indexOf(name) === asked.length - 1) throw new Error("deployed in between");
    return { default: Controller };
  };
  const application = { register: (name: string) => registered.push(name) };
  loadWhenSeen(application as unknown as Application, new Map(names.map((name): [string, Loader] => [name, () => load(name)])));
  return { asked, registered };
}

test("an island has the name of its file", () => {
  expect(nameOf("../../boards/islands/drag-cards.ts")).toBe("drag-cards");
});

test("islands of several folders are found by name", () => {
  expect([...byName({ "./keys.ts": 1 }, { "../../live/islands/presence.ts": 2 })]).toEqual([["keys", 1], ["presence", 2]]);
});

test("a second island of a name is refused with its path", () => {
  expect(() => byName({ "./keys.ts": 1 }, { "../../live/islands/keys.ts": 2 })).toThrow(
    'two islands are called "keys"; the second is ../../live/islands/keys.ts',
  );
});

test("only islands an element names are fetched, each once", async () => {
  document.body.innerHTML = '<p data-controller="poster"></p><p data-controller="poster"></p>';
  const islands = start(["poster", "voice"]);
  await settle();
  expect(islands).toEqual({ asked: ["poster"], registered: ["poster"] });
});

test("an element that comes later, or inside of another one, brings its islands", async () => {
  const islands = start(["poster", "voice"]);
  document.body.innerHTML = '<main><p data-controller="poster voice"></p></main>';
  await settle();
  expect(islands.registered).toEqual(["poster", "voice"]);
});

test("an element that is given an island later brings it", async () => {
  document.body.innerHTML = "<p></p>";
  const islands = start(["poster"]);
  document.querySelector("p")?.setAttribute("data-controller", "poster");
  await settle();
  expect(islands.registered).toEqual(["poster"]);
});

test("an island that could not be fetched is tried again when the next element names it", async () => {
  document.body.innerHTML = '<p data-controller="poster"></p>';
  const islands = start(["poster"], ["poster"]);
  await settle();
  expect(islands).toEqual({ asked: ["poster"], registered: [] });
  document.body.insertAdjacentHTML("beforeend", '<p data-controller="poster"></p>');
  await settle();
  expect(islands).toEqual({ asked: ["poster", "poster"], registered: ["poster"] });
});
