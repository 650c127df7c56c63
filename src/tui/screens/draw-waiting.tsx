import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { printable, wrap } from '../../app/text-layout.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { Lines } from '../components/lines.tsx';
import { type DrawState, readerText } from './draw-state.ts';

/** The address of the page, and how to open it. */
export function DrawWaiting({ state }: { state: DrawState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width } = bodySize(app);
  const { reader } = state;
  const text = state.browserError
    ? 'Could not open a browser. Open the address above in one.'
    : 'Waiting for the page. Press o to reopen the browser, or copy the address.';
  return (
    <Box flexDirection="column">
      {/* Never truncated, since it is there to be copied. */}
      <Text wrap="hard">{state.url}</Text>
      <Box marginTop={1}>
        <Lines
          lines={[
            ...(reader ? wrap(`${theme.paint('strong', printable(reader.model))}: ${readerText(reader)}`, width) : []),
            '',
            ...wrap(`${theme.paint('accent', theme.glyphs.arrow)} ${text}`, width),
          ]}
        />
      </Box>
    </Box>
  );
}
