import type { DatasetImages, ImagesRequest } from '../../../src/app/dataset-images.ts';
import { splitLabels } from '../../../src/core/dataset/splits.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { fresh, letterImage, pressing, type Scene, used } from './fixtures.ts';

/** Images of a data set with classes of different sizes; the image at position n has n dots in its lower right corner. */
export function numberedImages(
  name: string,
  labels: readonly string[],
  { perClass, offset = 0 }: ImagesRequest,
): DatasetImages {
  const classes = labels.map((label, index) => {
    const trainImages = 2400 - 40 * index;
    const length = Math.max(0, Math.min(perClass, trainImages - offset));
    return {
      ...{ label, trainImages, testImages: 400 - 4 * index },
      images: Array.from({ length }, (_, position) => numbered(offset + position)),
    };
  });
  return { name, trainImages: 112_800, testImages: 18_800, details: null, classes };
}

function numbered(position: number): Uint8Array {
  const image = letterImage();
  for (let bit = 0; bit < 8; bit++) if ((position >> bit) & 1) image[26 * 28 + 27 - 2 * bit] = 255;
  return image;
}

export function withImages(services = used()): FakeServices {
  services.images = async (name, request, signal) => {
    services.imageRequests.push({ name, request, signal });
    const own = services.currentStatus.datasets.find(({ split }) => split === name)?.labels;
    return numberedImages(name, own ?? splitLabels(name as 'balanced'), request);
  };
  return services;
}

/** With a data set of one's own that has long labels, wide ones, and both. */
function withOwn(): FakeServices {
  const services = withImages();
  const labels = ['triangle', '右矢印の記号です', 'ä', '👩‍🏫', 'ohm'];
  services.currentStatus.datasets.push({
    ...{ split: 'signs-of-the-workshop', labels, trainImages: 11_600, testImages: 1_960, bytes: 90_000 },
  });
  return services;
}

const LOADED = /images 1 to \d+ of 2,400/;

export const IMAGES_SCENES: Record<string, Scene> = {
  images: { initialScreen: 'images', services: withImages, play: pressing(LOADED, ['down', 'down'], /[❯>] 2/) },
  'images-augmented': {
    initialScreen: 'images',
    services: withImages,
    play: pressing(LOADED, ['a'], /Strength . 0\.7 . +Default/),
  },
  'images-empty': { initialScreen: 'images', services: fresh, play: (app) => app.screen.waitForText(/Next:/) },
  'images-own': {
    initialScreen: 'images',
    services: withOwn,
    play: pressing(LOADED, ['['], /signs-of-the-workshop[\s\S]*1 to/),
  },
};
