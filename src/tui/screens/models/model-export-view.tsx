import { Box } from 'ink';
import type { ReactNode } from 'react';
import { alignLeft, clip, wrap } from '../../../app/text-layout.ts';
import { MODEL_FORMATS, type ModelFormat } from '../../../core/model/formats/model-formats.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Lines } from '../../components/lines.tsx';
import { radio, row } from '../../components/option-rows.ts';
import { fieldLine } from '../../components/text-field.ts';
import { type ExportForm, exportFormat, exportPath, PATH_ROW, pathField } from './model-export.ts';

const DESCRIPTIONS: Readonly<Record<ModelFormat, string>> = {
  tfjs: 'a folder for TensorFlow.js',
  keras: 'Keras 3',
  h5: 'Keras 1 to 3',
  onnx: 'ONNX Runtime and many other programs',
  safetensors: 'weights by name, with the layers',
};

/** The format to export a model in, and where to. */
export function ModelExportView({ form }: { form: ExportForm }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width } = bodySize(app);
  const isTyping = form.focus === PATH_ROW;
  const formats = MODEL_FORMATS.map((format, index) => {
    const text = `${radio(format === exportFormat(form), theme)} ${alignLeft(format, 13)}${DESCRIPTIONS[format]}`;
    return row(index === form.focus, clip(text, width - 2, theme.glyphs.ellipsis), theme);
  });
  const label = 'To  ';
  const field = fieldLine(pathField(form), width - label.length - 3, isTyping, 'the path of a file', theme);
  const kind = exportFormat(form) === 'tfjs' ? 'folder' : 'file';
  const help = exportPath(form)
    ? 'A path without a folder is in the folder that the app was started in.'
    : `Enter the path of a ${kind}.`;
  return (
    <Box flexDirection="column">
      <Lines lines={[theme.paint('dim', 'Format'), ...formats]} />
      <Box marginTop={1}>
        <Lines lines={[`${row(isTyping, label, theme)}${field}`]} />
      </Box>
      <Box marginTop={1}>
        <Lines lines={wrap(theme.paint(exportPath(form) ? 'dim' : 'warning', help), width)} />
      </Box>
    </Box>
  );
}
