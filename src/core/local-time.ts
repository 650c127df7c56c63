/** The time of an ISO 8601 timestamp where this program runs: `2026-03-01 12:00:05`. Other text is returned unchanged. */
export function localTime(timestamp: string): string {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) return timestamp;
  // The Swedish format is that of ISO 8601.
  return date.toLocaleString('sv-SE');
}
