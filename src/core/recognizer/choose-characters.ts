import { UsageError } from '../errors.ts';

/** A class that may be answered, and the character it is then shown as. */
export interface Choice {
  /** Index of the class. */
  index: number;
  label: string;
}

/**
 * The classes that `--characters` allows, in class order: `all`, `digits`, `letters` or the characters themselves, case
 * as given. Merged splits have one class for both cases of many letters, named by the capital: a lower-case letter
 * without a class of its own is answered through that class and shown as asked for; if both cases are asked for, the
 * class is listed once, by its own name. Throws a UsageError for a character that no class holds; `whose` classes they
 * are stands in it.
 */
export function chooseCharacters(labels: readonly string[], characters: string, whose = 'the model'): Choice[] {
  const all = labels.map((label, index) => ({ index, label }));
  if (characters === 'all') return all;
  if (characters === 'digits' || characters === 'letters') {
    const chosen = all.filter(({ label }) => isDigit(label) === (characters === 'digits'));
    if (chosen.length === 0) throw none(characters, labels, whose);
    return chosen;
  }
  if (characters === '') {
    throw new UsageError('no characters to choose from', 'give "all", "digits", "letters" or characters such as "ABC"');
  }
  const shownAs = new Map<number, string>();
  for (const character of new Set(characters)) {
    const own = labels.indexOf(character);
    const index = own >= 0 ? own : labels.indexOf(capital(character));
    if (index < 0) throw none(JSON.stringify(character), labels, whose);
    if (own >= 0 || !shownAs.has(index)) shownAs.set(index, character);
  }
  return [...shownAs].map(([index, label]) => ({ index, label })).sort((a, b) => a.index - b.index);
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function capital(character: string): string {
  return character >= 'a' && character <= 'z' ? character.toUpperCase() : character;
}

function none(what: string, labels: readonly string[], whose: string): UsageError {
  const hint = `choose among ${labels.join('')}${whose === 'the model' ? ', or use another model' : ''}`;
  return new UsageError(`${whose} has no class for ${what}`, hint);
}
