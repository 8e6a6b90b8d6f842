/**
 * Return the headings of a Markdown text that have text below them; the same as on the server (writing_templates.py).
 */
export function filledHeadings(markdown: string): Set<string> {
  const headings = [...markdown.matchAll(/^#{1,3}[ \t]+(.+?)[ \t#]*$/gm)];
  const filled = new Set<string>();
  headings.forEach((heading, index) => {
    const below = markdown.slice(heading.index + heading[0].length, headings[index + 1]?.index ?? markdown.length);
    if (below.trim()) filled.add((heading[1] ?? "").trim());
  });
  return filled;
}
