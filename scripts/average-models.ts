import { IMAGE_PIXELS } from '../src/core/images/image-size.ts';
import type { Model } from '../src/core/model/model.ts';
import type { Paths } from '../src/core/paths.ts';
import { createRecognizer } from '../src/core/recognizer/recognizer.ts';
import { readTrainingImages } from '../src/core/training/training-images.ts';

/**
 * A model with the mean of the weights of a model and of its child, which reads both what the child has seen more of and the rest
 * at least as well as either (Wortsman et al. 2022, arXiv 2109.01903). Its record is the child's, with the loss and the accuracy
 * of the average on the images that both runs held out.
 */
export async function averageModels(parent: Model, child: Model, paths: Paths): Promise<Model> {
  const weights = child.weights.map((tensor, index) => {
    return tensor.map((value, at) => (value + parent.weights[index]![at]!) / 2);
  });
  const average = { ...child, weights };
  return { ...average, training: { ...child.training!, ...(await validate(average, paths)) } };
}

/** Loss and accuracy on the images that a training run held out, with the class frequencies of those that it trained on. */
async function validate(model: Model, paths: Paths) {
  const { split, seed, limit } = model.training!;
  const data = await readTrainingImages(paths, { split, seed, limit, strokes: [], keepsSigns: false });
  const prior: Record<string, number> = Object.fromEntries(model.labels.map((label) => [label, 0]));
  for (const index of data.train) prior[model.labels[data.labels[index]!]!]! += 1;
  const images = new Uint8Array(data.validation.length * IMAGE_PIXELS);
  data.validation.forEach((index, position) => {
    images.set(data.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS), position * IMAGE_PIXELS);
  });
  const recognizer = await createRecognizer(model, { threads: 'all' });
  const readings = await recognizer.recognize(images, { top: model.labels.length, prior });
  await recognizer.dispose();
  let [loss, correct] = [0, 0];
  readings.forEach(({ predictions, noCharacter }, position) => {
    const truth = model.labels[data.labels[data.validation[position]!]!]!;
    const { probability } = predictions.find(({ label }) => label === truth)!;
    // All of these images are characters.
    loss -= Math.log(probability / (1 - (noCharacter ?? 0)));
    if (predictions[0]!.label === truth) correct++;
  });
  return { validationLoss: loss / readings.length, validationAccuracy: correct / readings.length };
}
