import type { LoadedReader } from '../../src/app/draw-reader.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import type { DrawingNotice } from '../../src/core/strokes/drawing-notice.ts';
import { drawingBox } from '../../src/core/strokes/geometry.ts';
import { shareOf } from './statistics.ts';

/** Drawings of one kind. */
export interface DrawingsOfKind {
  /** In Markdown. */
  title: string;
  drawings: readonly Drawing[];
}

/** How often the canvas page says what of drawings of one kind. */
export interface Notices {
  title: string;
  count: number;
  /** Shares of all: each notice, and none. */
  shares: Record<DrawingNotice | 'none', number>;
}

/** Reads drawings as the canvas page does, and counts its notices. */
export async function countNotices(
  { recognize }: Pick<LoadedReader, 'recognize'>,
  kinds: readonly DrawingsOfKind[],
): Promise<Notices[]> {
  const counted: Notices[] = [];
  for (const { title, drawings } of kinds) {
    const notices: (DrawingNotice | 'none')[] = [];
    for (const drawing of drawings) notices.push((await recognize(onPaper(drawing))).notice ?? 'none');
    const share = (notice: DrawingNotice | 'none') => shareOf(notices, (one) => one === notice);
    counted.push({
      title,
      count: drawings.length,
      shares: {
        'several-characters': share('several-characters'),
        'no-character': share('no-character'),
        'not-sure': share('not-sure'),
        none: share('none'),
      },
    });
  }
  return counted;
}

/** The height of a drawing on the canvas page's paper, which is 1000 wide and high. */
const HEIGHT = 300;

function onPaper(drawing: Drawing): Drawing {
  const { left, top, width, height } = drawingBox(drawing);
  const size = Math.max(height, width / 2);
  const scale = size > 0 ? HEIGHT / size : 1;
  return drawing.map((stroke) =>
    stroke.map(([x, y, ...pressure]) => [100 + (x - left) * scale, 100 + (y - top) * scale, ...pressure] as const),
  );
}
