import { graphemes, printable } from '../text.ts';
import type { Theme } from '../theme.ts';

/** A line of text that is being edited; the cursor stands before the character of that number. */
export interface TextField {
  readonly characters: readonly string[];
  readonly cursor: number;
}

/** A field with the text in it and the cursor at its end. */
export function textField(text = ''): TextField {
  const characters = graphemes(text);
  return { characters, cursor: characters.length };
}

export function textOf(field: TextField): string {
  return field.characters.join('');
}

/** Puts typed or pasted text at the cursor. Line ends are left out: a path that was copied often has one at its end. */
export function insertText(field: TextField, text: string): TextField {
  const added = graphemes(printable(text.replace(/[\r\n]+/g, '')));
  return {
    characters: [...field.characters.slice(0, field.cursor), ...added, ...field.characters.slice(field.cursor)],
    cursor: field.cursor + added.length,
  };
}

/**
 * A path, or a URL, as it was meant: file managers copy paths in quotes, and terminals put quotes around those that are
 * dropped on them or, except on Windows, backslashes before what a shell would not take as it is.
 */
export function pastedPath(text: string, platform: string = process.platform): string {
  const trimmed = text.trim();
  const [, , quoted] = /^(["'])(.*)\1$/s.exec(trimmed) ?? [];
  return quoted ?? (platform === 'win32' ? trimmed : trimmed.replace(/\\(.)/gs, '$1'));
}

/** What a key that is no text does to the field; `name` as in the keymap. Text goes to `insertText`. */
export function editText(field: TextField, name: string): TextField {
  const { characters, cursor } = field;
  const without = (from: number, to: number) => ({
    characters: [...characters.slice(0, from), ...characters.slice(to)],
    cursor: from,
  });
  switch (name) {
    case 'left':
      return { characters, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { characters, cursor: Math.min(characters.length, cursor + 1) };
    case 'home':
    case 'ctrl+a':
      return { characters, cursor: 0 };
    case 'end':
    case 'ctrl+e':
      return { characters, cursor: characters.length };
    case 'backspace':
      return cursor > 0 ? without(cursor - 1, cursor) : field;
    case 'delete':
      return without(cursor, Math.min(characters.length, cursor + 1));
    case 'ctrl+u':
      return without(0, cursor);
    case 'ctrl+k':
      return { characters: characters.slice(0, cursor), cursor };
    case 'ctrl+w': {
      let start = cursor;
      while (start > 0 && /[\s/\\]/.test(characters[start - 1]!)) start--;
      while (start > 0 && !/[\s/\\]/.test(characters[start - 1]!)) start--;
      return without(start, cursor);
    }
    default:
      return field;
  }
}

/** The part of the field around the cursor that fits, the cursor shown in inverse (or as `_` without attributes). */
export function fieldLine(
  field: TextField,
  width: number,
  focused: boolean,
  placeholder: string,
  theme: Theme,
): string {
  if (!focused) {
    const text = textOf(field);
    const shown =
      field.characters.length > width ? field.characters.slice(0, width - 1).join('') + theme.glyphs.ellipsis : text;
    return text === '' ? theme.paint('dim', graphemes(placeholder).slice(0, width).join('')) : shown;
  }
  const start = Math.max(0, field.cursor - width + 1);
  const before = field.characters.slice(start, field.cursor).join('');
  const under = field.characters[field.cursor] ?? ' ';
  const after = field.characters.slice(field.cursor + 1, start + width).join('');
  const cursor = theme.colors === 'none' ? (under === ' ' ? '_' : under) : theme.paint('textCursor', under);
  const hint =
    field.characters.length === 0
      ? theme.paint(
          'dim',
          graphemes(placeholder)
            .slice(0, width - 1)
            .join(''),
        )
      : '';
  return before + cursor + after + hint;
}
