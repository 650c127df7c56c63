import type { AppTerminal } from '../../helpers/app-terminal.ts';
import { type EvaluationEnd, fakeEvaluation, fakeMistakes, fakeNeighbors } from '../../helpers/fake-evaluation.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { pressing, type Scene, used } from './fixtures.ts';

async function evaluating(app: AppTerminal, { evaluations }: FakeServices) {
  await app.screen.waitForText(/Test images are never/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const { feed } = evaluations[0]!;
  feed.push(
    { event: 'start', split: 'balanced', part: 'test', model: 'balanced-cnn', images: 18_800 },
    { event: 'progress', images: 9_216, total: 18_800, imagesPerSecond: 21_340 },
  );
  await app.screen.waitForText(/9,216 of 18,800/);
  return feed;
}

/** Shows a result. */
function done(end: EvaluationEnd = fakeEvaluation(), labels?: readonly string[]): Scene['play'] {
  return async (app, services) => {
    services.fakeNeighbors &&= fakeNeighbors;
    const feed = await evaluating(app, services);
    for (const mistake of fakeMistakes(end, labels)) services.evaluations[0]!.onMistake?.(mistake);
    feed.push(end);
    feed.end();
    await app.screen.waitForText(/Accuracy/);
  };
}

function scene(play: Scene['play'], services: Scene['services'] = used): Scene {
  return { initialScreen: 'evaluate', services, play };
}

/** Labels of a data set of one's own: more than fit on any screen, and as long as they may be. */
const OWN_LABELS = Array.from({ length: 255 }, (_, index) =>
  index % 3 === 0 ? `字${index}` : index % 3 === 1 ? `sign ${index}` : String(index),
);

/** The search for training images never ends. */
function searching(): FakeServices {
  const services = used();
  services.fakeNeighbors = null;
  return services;
}

const FOUND = /Closest (?![\s\S]*Loading)/;
const mistakes = pressing(done(), ['tab', 'enter'], FOUND);

export const EVALUATE_SCENES: Record<string, Scene> = {
  'evaluate-form': scene((app) => app.screen.waitForText(/Takes[\s\S]*Test images are never/)),
  'evaluate-running': scene(evaluating),
  'evaluate-done': scene(done()),
  'evaluate-confusions': scene(pressing(done(), ['right', 'end'], /[❯>] \w read as[\s\S]*205 of 205/)),
  'evaluate-perfect': scene(
    done({
      ...fakeEvaluation(['0', '1']),
      accuracy: 1,
      perClass: [{ label: '0', images: 9, accuracy: 1 }],
      confusions: [],
    }),
  ),
  'evaluate-heat-map': scene(pressing(done(), ['h'], /Confusion matrix[\s\S]*0 read as O: 160/)),
  'evaluate-heat-map-diagonal': scene(pressing(done(), ['h', 'end', 'G', 'left', 'up'], /r read correctly/)),
  'evaluate-heat-map-own': scene(
    pressing(
      done(fakeEvaluation(OWN_LABELS), OWN_LABELS),
      ['h', 'home', 'g', 'down', 'end', 'left'],
      /sign 1 read as sign 253/,
    ),
  ),
  mistakes: scene(mistakes),
  'mistakes-class': scene(
    pressing(done(), ['enter', 'end', 'left'], /1 read as.* 285 of 286 [\s\S]*Closest (?![\s\S]*Loading)/),
  ),
  'mistakes-searching': scene(pressing(done(), ['tab', 'enter'], /Closest/), searching),
  'mistakes-path': scene(pressing(mistakes, ['s'], /Save this image as/)),
  'mistakes-saved': scene(pressing(mistakes, ['s', 'enter'], /Saved as/)),
};
