import { clip, columnsOf, graphemes, printable } from '../../app/text-layout.ts';
import type { KeyPress } from '../keys/key-presses.ts';
import type { Theme } from '../theme/theme.ts';

/** An editable line of text. */
export interface TextField {
  /** Graphemes. */
  readonly characters: readonly string[];
  /** The index of the character that the cursor is on. */
  readonly cursor: number;
}

/** A field with the cursor at the end of its text. */
export function textField(text = ''): TextField {
  const characters = graphemes(text);
  return { characters, cursor: characters.length };
}

export function fieldText(field: TextField): string {
  return field.characters.join('');
}

/** Inserts typed or pasted text at the cursor. Line breaks are dropped: copied paths often end in one. */
export function insertText(field: TextField, text: string): TextField {
  const added = graphemes(printable(text.replace(/[\r\n]+/g, '')));
  return {
    characters: [...field.characters.slice(0, field.cursor), ...added, ...field.characters.slice(field.cursor)],
    cursor: field.cursor + added.length,
  };
}

/**
 * Unquotes a pasted path or URL. File managers copy paths in quotes, and terminals quote files dropped on them or, except on
 * Windows, escape them with backslashes.
 */
export function pastedPath(text: string, platform: string = process.platform): string {
  const trimmed = text.trim();
  const [, , quoted] = /^(["'])(.*)\1$/s.exec(trimmed) ?? [];
  return quoted ?? (platform === 'win32' ? trimmed : trimmed.replace(/\\(.)/gs, '$1'));
}

/** Applies an editing key, named as in the keymap, as readline does. Other keys change nothing. */
export function editText(field: TextField, key: string): TextField {
  const { characters, cursor } = field;
  const without = (from: number, to: number) => ({
    characters: [...characters.slice(0, from), ...characters.slice(to)],
    cursor: from,
  });
  switch (key) {
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

/** Applies a key press to a field: inserts what was typed or pasted, or edits. In a field for a path, what is pasted is unquoted. */
export function typeInto(field: TextField, { name, text }: KeyPress, kind: 'text' | 'path' = 'text'): TextField {
  if (text === '') return editText(field, name);
  return insertText(field, kind === 'path' && name === 'paste' ? pastedPath(text) : text);
}

/** Renders a field in at most `width` columns: if focused, the part around the cursor. */
export function fieldLine(
  field: TextField,
  width: number,
  focused: boolean,
  placeholder: string,
  theme: Theme,
): string {
  const { characters, cursor } = field;
  const isEmpty = characters.length === 0;
  if (!focused) {
    return isEmpty
      ? theme.paint('dim', clip(placeholder, width, ''))
      : clip(fieldText(field), width, theme.glyphs.ellipsis);
  }
  const atCursor = characters[cursor] ?? ' ';
  let free = width - columnsOf(atCursor);
  let start = cursor;
  while (start > 0 && columnsOf(characters[start - 1]!) <= free) free -= columnsOf(characters[--start]!);
  const before = characters.slice(start, cursor).join('');
  const after = clip(isEmpty ? placeholder : characters.slice(cursor + 1).join(''), free, '');
  return before + cursorCell(atCursor, theme) + (isEmpty ? theme.paint('dim', after) : after);
}

/** The character under the cursor in inverse; without attributes, `_` at the end of the text. */
function cursorCell(character: string, theme: Theme): string {
  if (theme.colors === 'none') return character === ' ' ? '_' : character;
  return theme.paint('textCursor', character);
}
