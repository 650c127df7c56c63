/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A section: its heading and its paragraphs or tables, without those that are null. */
export function section(heading: string, ...blocks: readonly (string | null)[]): string {
  return [`### ${heading}`, ...blocks.filter((block) => block !== null)].join('\n\n');
}

/** `a`, in Markdown. */
export function code(text: string): string {
  return `\`${text}\``;
}
