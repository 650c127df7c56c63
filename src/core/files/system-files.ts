/** Whether a name is of a file that macOS or Windows adds to folders people open. Such files count as no contents. */
export function isSystemFile(name: string): boolean {
  return /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini)$/i.test(name);
}
