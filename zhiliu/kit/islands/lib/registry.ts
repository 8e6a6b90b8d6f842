import type { Application, ControllerConstructor } from "@hotwired/stimulus";

export type Loader = () => Promise<{ default: ControllerConstructor }>;

/** Return the name of the island in a file: `../../boards/islands/drag-cards.ts` -> `drag-cards`. */
export function nameOf(path: string): string {
  return path.replace(/^.*\//, "").replace(/\.ts$/, "");
}

/**
 * Return the islands of several folders by name.
 *
 * @throws Error if two files have the same name: the second would silently replace the first.
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

/** Load and register each island when an element first names it, now or later in the life of the page. */
export function loadWhenSeen(application: Application, waiting: Map<string, Loader>): void {
  const look = (root: ParentNode): void => {
    for (const element of root.querySelectorAll<HTMLElement>("[data-controller]")) need(element);
  };
  const need = (element: HTMLElement): void => {
    for (const name of (element.dataset.controller ?? "").split(/\s+/)) {
      const load = waiting.get(name);
      if (!load) continue;
      waiting.delete(name);
      // After a failed load (during a deployment) the next element that names it retries.
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
