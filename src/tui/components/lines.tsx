import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { alignLeft, columnsOf } from '../../app/text-layout.ts';
import type { StyledLine } from '../charts/styled-line.ts';
import type { Theme } from '../theme/theme.ts';

/**
 * Lines that already fit the screen, each a text node of its own, since Ink parses a node of several lines twice. Neither this
 * nor the frame sets `overflow`: Ink would then parse every line once more.
 */
export function Lines({ lines }: { lines: readonly string[] }): ReactNode {
  if (lines.length === 0) return null;
  return (
    <Box flexDirection="column" height={lines.length} flexShrink={0}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is where it is on the screen.
        <Text key={index} wrap="truncate">
          {line.trimEnd() || ' '}
        </Text>
      ))}
    </Box>
  );
}

/** Renders a chart's lines with the escape sequences of their styles. */
export function paintLines(lines: readonly StyledLine[], theme: Theme): string[] {
  return lines.map((line) => line.map(({ text, style }) => (style ? theme.paint(style, text) : text)).join(''));
}

/**
 * Joins two blocks side by side. The shorter one is padded with empty lines.
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
