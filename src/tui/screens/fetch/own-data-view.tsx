import { Box, Text } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import type { ClassImages, DatasetImages } from '../../../app/dataset-images.ts';
import { count } from '../../../app/format.ts';
import { ownDataLines } from '../../../app/own-data-text.ts';
import { printable, wrap } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { THUMBNAIL, thumbnail } from '../../charts/pictures.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import { useScrolledLines } from '../../components/scrolled-lines.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useScrollMouse } from '../../hooks/use-scroll-mouse.ts';
import type { Theme } from '../../theme/theme.ts';

/** As many as fit on a wide terminal. */
const PER_CLASS = 12;

/** Own data: what was found in its source, and images of each class to scroll through. */
export function OwnDataView({
  name,
  isActive,
  train,
  look,
  restart,
}: {
  name: string;
  /** Whether the keys are those of this view. */
  isActive: boolean;
  train: () => void;
  look: () => void;
  restart: () => void;
}): ReactNode {
  const app = useAppContext();
  const { theme, services } = app;
  const { width, height } = bodySize(app);
  const [images, setImages] = useState<DatasetImages | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const controller = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const loaded = await services.images(name, { perClass: PER_CLASS }, controller.signal);
        if (!controller.signal.aborted) setImages(loaded);
      } catch (reason) {
        if (!controller.signal.aborted) setError(reason);
      }
    };
    void load();
    return () => controller.abort();
  }, [services, name]);
  const { lines, keys } = useScrolledLines(images ? datasetLines(images, width, theme) : [], height, theme);
  useScrollMouse(isActive ? keys : null);
  useKeys(isActive ? 'ownData' : null, { ...keys, train, images: look, restart, back: restart }, { menu: true });
  if (error !== null) return <ErrorMessage error={error} />;
  if (images === null) return <Loading text="Reading" />;
  return (
    <Box flexDirection="column">
      <Lines lines={lines} />
    </Box>
  );
}

function datasetLines(images: DatasetImages, width: number, theme: Theme): string[] {
  const { name, trainImages, testImages, details, classes } = images;
  const size = `${count(trainImages)} training and ${count(testImages)} test images`;
  const found = details ? ownDataLines(details) : [];
  return [
    ...wrap(`${theme.paint('good', theme.glyphs.tick)} ${theme.paint('strong', name)}: ${size}`, width),
    ...found.flatMap((line) => wrap(theme.paint('dim', printable(line)), width)),
    ...classes.flatMap((one) => ['', ...classLines(one, width, theme)]),
  ];
}

/** The label and the number of images of a class, above a row of them. */
function classLines({ label, trainImages, testImages, images }: ClassImages, width: number, theme: Theme): string[] {
  const size = `${count(trainImages)} + ${count(testImages)}`;
  const heading = `${theme.paint('selected', printable(label))}  ${theme.paint('dim', size)}`;
  const shown = images.slice(0, Math.floor((width + 1) / (THUMBNAIL.columns + 1))).map((one) => thumbnail(one, theme));
  if (shown.length === 0) return [heading];
  const rows = Array.from({ length: THUMBNAIL.lines }, (_, line) => shown.map((one) => one[line]!).join(' '));
  return [heading, ...rows];
}

/** Shown instead of images where nothing was taken over. */
export function Canceled(): ReactNode {
  const { theme } = useAppContext();
  return <Text>{`${theme.paint('warning', theme.glyphs.warning)} Canceled. Nothing was taken over.`}</Text>;
}
