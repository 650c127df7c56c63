import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { Line } from '../charts/line-chart.ts';
import type { Theme } from '../theme.ts';

/**
 * Lines that fit already, as one piece of text: Ink lays out one node instead of one a line. Nothing is clipped here or
 * by the frame, since that makes Ink take each line apart twice more.
 */
export function Lines({ lines }: { lines: readonly string[] }): ReactNode {
  if (lines.length === 0) return null;
  return (
    <Box height={lines.length} flexShrink={0}>
      <Text wrap="truncate">{lines.map((line) => line.trimEnd() || ' ').join('\n')}</Text>
    </Box>
  );
}

/** The lines of a picture with their styles' escape sequences. */
export function painted(lines: readonly Line[], theme: Theme): string[] {
  return lines.map((line) => line.map(({ text, style }) => (style ? theme.paint(style, text) : text)).join(''));
}

/** Pictures of the same height side by side, `gap` spaces between; each of its own constant width. */
export function beside(left: readonly string[], right: readonly string[], gap: number): string[] {
  return left.map((line, index) => line + ' '.repeat(gap) + (right[index] ?? ''));
}
