import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { printable } from '../../app/text-layout.ts';
import { EmnistError, messageOf } from '../../core/errors.ts';
import { useAppContext } from '../app-context.ts';

/** An error as the user should see it: what is wrong and, where it is known, what to do. */
export function Problem({ error }: { error: unknown }): ReactNode {
  const { theme } = useAppContext();
  const message = printable(messageOf(error));
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text>{`${theme.paint('bad', `${theme.glyphs.warning} Error:`)} ${message}`}</Text>
      {error instanceof EmnistError ? (
        <Text>{`${theme.paint('strong', 'What to do:')} ${printable(error.hint)}`}</Text>
      ) : null}
    </Box>
  );
}
