import type { ReactNode } from 'react';
import { count, images } from '../../../app/format.ts';
import { bar } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import type { EvaluateState } from './evaluate-state.ts';

/** The progress of the evaluation. */
export function EvaluateProgress({ state }: { state: EvaluateState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width } = bodySize(app);
  const { about, images: done, total, imagesPerSecond } = state;
  if (!about) return <Loading text="Loading images" />;
  return (
    <Lines
      lines={[
        `Evaluating ${theme.paint('strong', about.model)} on ${about.source}`,
        theme.paint('accent', bar(total > 0 ? done / total : 0, Math.min(100, width), theme.glyphs.bar)),
        `${count(done)} of ${images(total)}  ${theme.glyphs.separator}  ${count(imagesPerSecond)} images/s`,
      ]}
    />
  );
}
