import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { hintFor } from '../../app/hints.ts';
import { printable } from '../../app/text-layout.ts';
import { isEmnistError, messageOf } from '../../core/errors.ts';
import { useAppContext } from '../app-context.ts';
import { APP_HINTS } from '../hints.ts';

/** An error as the user should see it: what is wrong and, where it is known, what to do. */
export function Problem({ error }: { error: unknown }): ReactNode {
  const { theme } = useAppContext();
  const message = printable(messageOf(error));
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text>{`${theme.paint('bad', `${theme.glyphs.warning} Error:`)} ${message}`}</Text>
      {isEmnistError(error) ? (
        <Text>{`${theme.paint('strong', 'What to do:')} ${printable(hintFor(APP_HINTS, error))}`}</Text>
      ) : null}
    </Box>
  );
}
