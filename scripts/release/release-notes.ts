/**
 * The changelog's section of a version, or "Unreleased" if it has none, under a heading with the version and date. Throws
 * when there is neither.
 */
export function releaseNotes(changelog: string, version: string, date: Date): string {
  const sections = new Map(
    changelog.split(/^## /m).map((section) => {
      const [title] = section.split('\n', 1);
      return [/\S+/.exec(title!)?.[0], section.slice(title!.length).trim()];
    }),
  );
  const section = sections.get(version) || sections.get('Unreleased');
  if (!section) throw new Error(`CHANGELOG.md has no section for ${version} and nothing under "Unreleased"`);
  return `## ${version} (${date.toISOString().slice(0, 10)})\n\n${section}\n`;
}
