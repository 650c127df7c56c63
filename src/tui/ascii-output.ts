import { columnsOf, graphemes } from '../app/text-layout.ts';

/** ASCII for symbols of one column that texts from elsewhere contain: messages of the system, names, quotations. */
const REPLACEMENTS: Record<string, string> = {
  ...{ '…': '~', '·': '|', '•': 'o', '–': '-', '—': '-', '−': '-', '×': 'x', '→': '>', '←': '<' },
  ...{ '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '‘': "'", '’': "'", '‚': "'", '\u00A0': ' ' },
};

/**
 * Replaces everything but ASCII by as many columns of ASCII. Letters lose their accents; what has no counterpart becomes `?`,
 * as in the output of `ls`.
 */
export function toAscii(text: string): string {
  if (/^\p{ASCII}*$/u.test(text)) return text;
  return text.replace(/\P{ASCII}+/gu, (part) => graphemes(part).map(asciiCharacter).join(''));
}

function asciiCharacter(character: string): string {
  const replacement = REPLACEMENTS[character] ?? character.normalize('NFKD').replace(/\p{M}/gu, '');
  const columns = columnsOf(character);
  return /^\p{ASCII}+$/u.test(replacement) && replacement.length === columns ? replacement : '?'.repeat(columns);
}

/** A terminal's output stream for a terminal that shows only ASCII. */
export function asciiOutput(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = (data: string | Uint8Array, ...rest: []) =>
    stdout.write(typeof data === 'string' ? toAscii(data) : data, ...rest);
  return new Proxy(stdout, {
    get(target, property) {
      if (property === 'write') return write;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
