import type { Application, ControllerConstructor } from "@hotwired/stimulus";

export type Loader = () => Promise<{ default: ControllerConstructor }>;

/** The name of the island in a file: `../../boards/islands/drag-cards.ts` -> `drag-cards`. */
export function nameOf(path: string): string {
  return path.replace(/^.*\//, "").replace(/\.ts$/, "");
}

/**
 * The islands of several folders by their names.
 *
 * @throws Error two files have one name: the second would take the place of the first without a word.
 */
export function byName<T>(...folders: Record<string, T>[]): Map<string, T> {
  const named = new Map<string, T>();
  for (const [path, island] of folders.flatMap((folder) => Object.entries(folder))) {
    const name = nameOf(path);
    if (named.has(name)) throw new Error(`two islands are called "${name}"; the second is ${path}`);
    named.set(name, island);
  }
  return named;
}

/** Fetch and register each island the first time an element names it, now or later in the life of the page. */
export function loadWhenSeen(application: Application, waiting: Map<string, Loader>): void {
  const look = (root: ParentNode): void => {
    for (const element of root.querySelectorAll<HTMLElement>("[data-controller]")) need(element);
  };
  const need = (element: HTMLElement): void => {
    for (const name of (element.dataset.controller ?? "").split(/\s+/)) {
      const load = waiting.get(name);
      if (!load) continue;
      waiting.delete(name);
      // A failed fetch (a deployment in between) may be tried again when the next element names it.
      load().then((island) => application.register(name, island.default), () => waiting.set(name, load));
    }
  };
  const seen = (changes: MutationRecord[]): void => {
    for (const change of changes) {
      if (change.type === "attributes") need(change.target as HTMLElement);
      for (const node of change.addedNodes) {
        if (!(node instanceof HTMLElement)) continue;
        if (node.dataset.controller) need(node);
        look(node);
      }
    }
  };
  look(document);
  new MutationObserver(seen).observe(document, { childList: true, subtree: true, attributeFilter: ["data-controller"] });
}
