/** The editor's labels, given by the page in the reader's language. */
export interface Words {
  [name: string]: string;
}

/** An insertable block: its name in the reader's language, its icon, and its search words. */
export interface Choice {
  key: string;
  name: string;
  icon: string;
  find: string[];
  /** Shown beside the name instead of the search word. */
  hint?: string;
}
