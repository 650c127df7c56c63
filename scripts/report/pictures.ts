import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { IMAGE_SIZE } from '../../src/core/images/image-size.ts';
import type { Measured, Mistake } from './measure.ts';

const SHOWN = 20;
const STYLE = `body{margin:0;font:13px sans-serif;background:#fff;color:#222}
main{display:inline-grid;grid-template-columns:repeat(10,auto);gap:10px 12px;padding:14px}
h1{grid-column:1/-1;font-size:15px;margin:0}figure{margin:0;text-align:center}
img{width:84px;height:84px;image-rendering:pixelated;display:block}figcaption{margin-top:3px}`;

/** Draws the most confident mistakes on a test set, with truth, answer and probability. Returns the file's path. */
export async function mistakesPicture({ set, mistakes }: Measured, folder: string, browser: Browser): Promise<string> {
  const page = await browser.newPage({ deviceScaleFactor: 1.5 });
  const figures = mistakes
    .slice(0, SHOWN)
    .map(
      (mistake) =>
        `<figure><img src="${dataUrl(mistake)}"><figcaption><b>${mistake.truth}</b> read as <b>${mistake.answer}</b><br>${Math.round(100 * mistake.probability)}%</figcaption></figure>`,
    );
  await page.setContent(
    `<style>${STYLE}</style><main><h1>${plain(set.title)}: most confident mistakes</h1>${figures.join('')}</main>`,
  );
  const file = path.join(folder, `mistakes-${set.name}.png`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, await page.locator('main').screenshot());
  await page.close();
  return file;
}

function dataUrl({ image }: Mistake): string {
  const png = new PNG({ width: IMAGE_SIZE, height: IMAGE_SIZE });
  for (const [index, ink] of image.entries()) png.data.set([255 - ink, 255 - ink, 255 - ink, 255], index * 4);
  return `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
}

/** Draws the confusion matrix without its diagonal; darker cells are more frequent. */
export async function confusionsPicture({ set, evaluation }: Measured, file: string, browser: Browser): Promise<void> {
  const labels = evaluation.perClass.map(({ label }) => label);
  const images = new Map(evaluation.perClass.map(({ label, images: number }) => [label, number]));
  const share = new Map(
    evaluation.confusions.map(({ truth, predicted, count }) => [truth + predicted, count / images.get(truth)!]),
  );
  const head = `<tr><th></th>${labels.map((label) => `<th>${label}</th>`).join('')}</tr>`;
  const rows = labels.map((truth) => {
    const cells = labels.map((predicted) => {
      if (truth === predicted) return '<td style="background:#eee"></td>';
      const darkness = Math.min(1, Math.sqrt((share.get(truth + predicted) ?? 0) / 0.4));
      return `<td style="background:rgba(178,24,43,${darkness.toFixed(3)})"></td>`;
    });
    return `<tr><th>${truth}</th>${cells.join('')}</tr>`;
  });
  const page = await browser.newPage({ deviceScaleFactor: 1.5 });
  await page.setContent(
    `<style>body{margin:0;background:#fff;color:#222}main{display:inline-block;padding:12px;font:12px sans-serif}
table{border-collapse:collapse;font:11px monospace}td,th{width:13px;height:13px;padding:0;border:1px solid #f4f4f4;text-align:center}
p{margin:0 0 8px}</style><main><p>${plain(set.title)}: rows are the truth, columns the answer</p><table>${head}${rows.join('')}</table></main>`,
  );
  await writeFile(file, await page.locator('main').screenshot());
  await page.close();
}

/** Removes Markdown's backticks. */
function plain(title: string): string {
  return title.replaceAll('`', '');
}
