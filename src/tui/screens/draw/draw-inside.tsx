import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import { insideLines } from './draw-inside-lines.ts';
import type { InsideState } from './draw-inside-state.ts';
import { answersLine } from './draw-inside-texts.ts';
import type { DrawState } from './draw-state.ts';

/** What the network makes of the latest drawing: the influence map, and the feature maps of its layers. */
export function DrawInside({ state, inside }: { state: DrawState; inside: InsideState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  const { predictions, drawing } = state;
  if (drawing.length === 0) return <Lines lines={['Draw a character to see what the network makes of it.']} />;
  const { shown } = inside;
  // Another model, or a later epoch, has yet to read the drawing.
  if (!shown || predictions.length === 0) return <Loading text="Looking into the network" />;
  if (!shown.inspection) return <ErrorMessage error={shown.error} />;
  // A drawing that was read since may have fewer answers.
  const answer = Math.min(inside.answer, predictions.length - 1);
  const gap = height > 16 ? 1 : 0;
  const size = { width, height: height - 1 - gap };
  return (
    <Box flexDirection="column">
      <Lines lines={[answersLine(predictions, answer, width, theme)]} />
      <Box marginTop={gap}>
        <Lines lines={insideLines(inside.focus, { ...shown, inspection: shown.inspection }, size, theme)} />
      </Box>
    </Box>
  );
}
