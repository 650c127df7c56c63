import { Box, Text } from 'ink';
import { type ReactNode, useState } from 'react';
import { wrap } from '../../app/text-layout.ts';
import { type Confirmation, useAppContext } from '../app-context.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { bodySize } from './body-size.ts';
import { Lines } from './lines.tsx';

/** Asks for a confirmation. `no` is selected at first, so that pressing Enter by accident does no harm. */
export function ConfirmDialog({ confirmation }: { confirmation: Confirmation }): ReactNode {
  const app = useAppContext();
  const { theme, closeConfirmation } = app;
  const { width } = bodySize(app);
  const [yes, setYes] = useState(false);
  useKeys('confirm', {
    yes: () => closeConfirmation(true),
    no: () => closeConfirmation(false),
    choose: () => closeConfirmation(yes),
    toggle: () => setYes((selected) => !selected),
  });
  const option = (selected: boolean, key: string, label: string) =>
    `${selected ? theme.glyphs.pointer : ' '} ${theme.paint(selected ? 'selected' : 'dim', `[${key}] ${label}`)}`;
  return (
    <Box flexDirection="column" marginTop={1}>
      <Lines lines={confirmation.lines.flatMap((line) => wrap(line, width))} />
      <Box flexDirection="column" marginTop={1}>
        <Text>{option(!yes, 'n', confirmation.no)}</Text>
        <Text>{option(yes, 'y', confirmation.yes)}</Text>
      </Box>
    </Box>
  );
}
