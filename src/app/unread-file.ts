/** A file that could not be read, or not to its end. */
export interface UnreadFile {
  event: 'unread';
  /** The file as given. */
  source: string;
  error: unknown;
}
