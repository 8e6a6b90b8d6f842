/** Words and names the editor says, given by the page in the reader's language. */
export interface Words {
  [name: string]: string;
}

/** What can be inserted: its name in the reader's language, the icon, and what one may type to find it. */
export interface Choice {
  key: string;
  name: string;
  icon: string;
  find: string[];
  /** What is shown beside the name instead of what one may type. */
  hint?: string;
}
