import { Box, Text } from 'ink';
import { type ReactNode, useState } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { type Question, useShell } from '../shell.ts';

/** A question in the place of a screen's body. `no` is chosen at first, so that Enter by mistake does no harm. */
export function QuestionBody({ question }: { question: Question }): ReactNode {
  const { theme, answer } = useShell();
  const [yes, setYes] = useState(false);
  useKeys('question', {
    yes: () => answer(true),
    no: () => answer(false),
    choose: () => answer(yes),
    other: () => setYes((chosen) => !chosen),
  });
  const option = (chosen: boolean, key: string, label: string) =>
    `${chosen ? theme.glyphs.cursor : ' '} ${theme.paint(chosen ? 'selected' : 'dim', `[${key}] ${label}`)}`;
  return (
    <Box flexDirection="column" marginTop={1}>
      <Text>{question.lines.join('\n')}</Text>
      <Box flexDirection="column" marginTop={1}>
        <Text>{option(!yes, 'n', question.no)}</Text>
        <Text>{option(yes, 'y', question.yes)}</Text>
      </Box>
    </Box>
  );
}
