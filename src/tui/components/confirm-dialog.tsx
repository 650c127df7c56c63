import { Box } from 'ink';
import { type ReactNode, useState } from 'react';
import { clip, columnsOf, wrap } from '../../app/text-layout.ts';
import { type Confirmation, useAppContext } from '../app-context.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useMouse } from '../hooks/use-mouse.ts';
import type { Theme } from '../theme/theme.ts';
import { BODY_ORIGIN } from './body-size.ts';
import { Lines } from './lines.tsx';

interface DialogProps {
  readonly confirmation: Confirmation;
  /** The room for it, in cells. */
  readonly width: number;
  readonly height: number;
}

/**
 * Asks for a confirmation. `no` is selected at first, so that pressing Enter by accident does no harm. The answers are shown
 * in any size; what is said about the question may be cut.
 */
export function ConfirmDialog({ confirmation, width, height }: DialogProps): ReactNode {
  const { theme, closeConfirmation } = useAppContext();
  const isYes = useAnswer();
  const answers = answerLines(confirmation, isYes, width, theme);
  const text = confirmation.lines.flatMap((line) => wrap(line, width));
  const room = height - answers.length - 2;
  const shown = text.length > room ? [...text.slice(0, room - 1), theme.glyphs.ongoing] : text;
  // The first click of a double click may have opened the dialog.
  useMouse(
    ({ type, button, row, clicks }) => {
      if (type !== 'press' || button !== 'left' || clicks > 1) return;
      const answer = row - BODY_ORIGIN.row - 1 - shown.length - 1;
      if (answer === 0 || answer === 1) closeConfirmation(answer === 1);
    },
    { inConfirmation: true },
  );
  return (
    <Box flexDirection="column" marginTop={1}>
      <Lines lines={shown} />
      <Box marginTop={1}>
        <Lines lines={answers} />
      </Box>
    </Box>
  );
}

/** The same on a terminal that is too small for a frame: with as many lines as there are, down to one. */
export function SmallConfirmDialog({ confirmation, width, height }: DialogProps): ReactNode {
  const { theme } = useAppContext();
  const isYes = useAnswer();
  const { ellipsis } = theme.glyphs;
  if (height < 3) {
    const answers = isYes ? ' Y/n' : ' y/N';
    return <Lines lines={[clip(confirmation.title, width - columnsOf(answers), ellipsis) + answers]} />;
  }
  const title = clip(confirmation.title, width, ellipsis);
  const text = confirmation.lines.flatMap((line) => wrap(line, width)).slice(0, height - 3);
  return <Lines lines={[theme.paint('title', title), ...text, ...answerLines(confirmation, isYes, width, theme)]} />;
}

/** Handles the keys. Returns whether `yes` is selected. */
function useAnswer(): boolean {
  const { closeConfirmation } = useAppContext();
  const [isYes, setYes] = useState(false);
  useKeys('confirm', {
    yes: () => closeConfirmation(true),
    no: () => closeConfirmation(false),
    choose: () => closeConfirmation(isYes),
    toggle: () => setYes((selected) => !selected),
  });
  return isYes;
}

function answerLines({ yes, no }: Confirmation, isYes: boolean, width: number, theme: Theme): string[] {
  const line = (selected: boolean, key: string, label: string) => {
    const text = clip(`[${key}] ${label}`, width - 2, theme.glyphs.ellipsis);
    return `${selected ? theme.glyphs.pointer : ' '} ${theme.paint(selected ? 'selected' : 'dim', text)}`;
  };
  return [line(!isYes, 'n', no), line(isYes, 'y', yes)];
}
