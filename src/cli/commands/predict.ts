import { aboutOption } from '../../app/options/about-option.ts';
import { COMMANDS } from '../../app/options/commands.ts';
import type { Handler } from '../context.ts';
import { ReportedFailure } from '../exit-code.ts';
import { expandPatterns } from '../expand-patterns.ts';
import { noteLexicon } from '../render/lexicon.ts';
import { describePrediction } from '../render/predict.ts';
import { describePredictedText } from '../render/predict-text.ts';
import { warnOfUnusable } from '../render/unusable.ts';
import { reportError } from '../report-error.ts';

/** Progress is shown only if the work takes longer than this. */
const PATIENCE_MS = 1000;

export const runPredict: Handler<'predict'> = async (options, { paths, output, signal }) => {
  const { predict } = await import('../../app/predict.ts');
  const { SHIPPED } = await import('../../core/model/model-store.ts');
  const files = await expandPatterns(options.files);
  let isModelKnown = options.model !== undefined;
  let isOtherModel = false;
  const warn = warnOfUnusable(output);
  const onUnusable: typeof warn = (...unusable) => {
    isOtherModel = true;
    warn(...unusable);
  };
  const started = performance.now();
  const onAdapting = (samples: number, total: number) => {
    if (performance.now() - started < PATIENCE_MS) return;
    output.aside({ status: `adapting to your samples ${output.style.bar(samples / total)}` });
  };
  const onFile = (index: number, total: number) => {
    if (total === 1 || performance.now() - started < PATIENCE_MS) return;
    output.aside({ status: `reading file ${index + 1} of ${total} ${output.style.bar(index / total)}` });
  };
  const onLexicon = noteLexicon(output);
  let unread = 0;
  const context = { paths, signal, onUnusable, onAdapting, onFile, onLexicon };
  for await (const event of predict({ ...options, files }, context)) {
    if (event.event === 'unread') {
      reportError(aboutOption(event.error, COMMANDS.predict.options, { files: [event.source] }), output, event.source);
      unread++;
      continue;
    }
    if (event.event === 'debug') {
      output.event(event, ({ source, files }) => ({
        log: `${source}: wrote ${files.length} pictures, ${files[0]} and others.`,
      }));
      continue;
    }
    if (event.event === 'text') {
      output.event(event, (shown) => describePredictedText(shown, output.style));
      continue;
    }
    output.event(event, (shown) => {
      const isExpected = isModelKnown || (shown.model === SHIPPED && !isOtherModel);
      const log = isExpected ? {} : { log: `Reading with the model "${shown.model}".` };
      isModelKnown = true;
      if (shown.index === 0 && shown.orientationFrom && shown.orientationFrom !== 'given') {
        const { source, orientation, orientationFrom } = shown;
        output.note(`${source}: the images are ${orientation} (${orientationFrom}).`);
      }
      return { ...log, ...describePrediction(shown, output.style) };
    });
  }
  if (unread > 0) throw new ReportedFailure();
};
