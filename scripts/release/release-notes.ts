/**
 * The section of the changelog about a version, under a heading with its date; of a version that has none yet, what is
 * under "Unreleased". Throws when there is neither.
 */
export function releaseNotes(changelog: string, version: string, date: Date): string {
  const sections = new Map(
    changelog.split(/^## /m).map((section) => {
      const [title] = section.split('\n', 1);
      return [/\S+/.exec(title!)?.[0], section.slice(title!.length).trim()];
    }),
  );
  const section = sections.get(version) || sections.get('Unreleased');
  if (!section) throw new Error(`CHANGELOG.md says nothing of ${version}: give it a section, or fill "Unreleased"`);
  return `## ${version} (${date.toISOString().slice(0, 10)})\n\n${section}\n`;
}
