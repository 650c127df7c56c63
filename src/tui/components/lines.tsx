import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { alignLeft, columnsOf } from '../../app/text-layout.ts';
import type { StyledLine } from '../charts/styled-line.ts';
import type { Theme } from '../theme/theme.ts';

/**
 * Lines that already fit the screen, as a single text node: Ink lays out one node instead of one per line. Neither this nor
 * the frame sets `overflow`, since Ink would then parse every line twice more.
 */
export function Lines({ lines }: { lines: readonly string[] }): ReactNode {
  if (lines.length === 0) return null;
  return (
    <Box height={lines.length} flexShrink={0}>
      <Text wrap="truncate">{lines.map((line) => line.trimEnd() || ' ').join('\n')}</Text>
    </Box>
  );
}

/** Renders a chart's lines with the escape sequences of their styles. */
export function paintLines(lines: readonly StyledLine[], theme: Theme): string[] {
  return lines.map((line) => line.map(({ text, style }) => (style ? theme.paint(style, text) : text)).join(''));
}

/**
 * Joins two blocks side by side. The lower one goes on with empty lines.
 *
 * @param width the columns of `left`; without it, those of its first line
 */
export function joinColumns(
  left: readonly string[],
  right: readonly string[],
  gap: number,
  width = columnsOf(left[0] ?? ''),
): string[] {
  const height = Math.max(left.length, right.length);
  return Array.from(
    { length: height },
    (_, index) => alignLeft(left[index] ?? '', width) + ' '.repeat(gap) + (right[index] ?? ''),
  );
}

/** A block with empty lines at its end, if it is lower than `height`. */
export function padLines(lines: readonly string[], height: number): string[] {
  return [...lines, ...Array.from({ length: height - lines.length }, () => '')];
}
