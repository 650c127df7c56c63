/** Whether a file is one that macOS or Windows adds to folders. A folder with nothing else counts as empty. */
export function isSystemFile(name: string): boolean {
  return /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini)$/i.test(name);
}
