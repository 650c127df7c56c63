import { bodySize, type Size } from '../../components/body-size.ts';

/** Where the list of models and the preview are. */
export interface ModelsLayout {
  /** The preview is to the right of the list rather than below it. */
  readonly isSideBySide: boolean;
  /** Without the heading. */
  readonly list: Size;
  readonly preview: Size;
}

/** The body's width from which there is room for both side by side. */
const WIDE = 108;
const MIN_PREVIEW = 44;
const PREVIEW_SHARE = 0.4;
/** The columns of the line between them. */
export const DIVIDER = 3;

/** Divides the body of a terminal between a list of `length` entries and the preview of one. */
export function modelsLayout(terminal: { columns: number; rows: number }, length: number): ModelsLayout {
  const { width, height } = bodySize(terminal);
  if (width >= WIDE) {
    const preview = Math.max(MIN_PREVIEW, Math.floor(width * PREVIEW_SHARE));
    return {
      isSideBySide: true,
      list: { width: width - DIVIDER - preview, height: height - 1 },
      preview: { width: preview, height },
    };
  }
  // With a row for the filter, so that the preview stays where it is while one is typed.
  const rows = Math.min(length + 1, Math.floor((height - 2) / 2));
  return {
    isSideBySide: false,
    list: { width, height: rows },
    preview: { width, height: height - 2 - rows },
  };
}
