import { classCharacters } from '../labels.ts';
import { isOfOwnData, type Model } from '../model/model.ts';

/** How many characters each class of a model stands for, [classes]; in the user's own data, each stands for itself. */
function charactersOfClasses({ labels, training }: Pick<Model, 'labels' | 'training'>): number[] {
  return labels.map((label) => (isOfOwnData({ training }) ? 1 : classCharacters(label, labels).length));
}

/** How often a model assumes each class to occur, [classes], summing to 1: as in its training or, if unknown, every character equally often. */
export function sharesOfClasses(model: Pick<Model, 'labels' | 'training'>): number[] {
  const characters = charactersOfClasses(model);
  const all = characters.reduce((sum, count) => sum + count, 0);
  const shares = characters.map((count, label) => model.training?.classShares[label] || count / all);
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

/** What to add to a model's logits, [classes], so that it assumes that every character occurs equally often. */
export function uniformShift(model: Pick<Model, 'labels' | 'training'>): number[] {
  const characters = charactersOfClasses(model);
  const all = characters.reduce((sum, count) => sum + count, 0);
  return sharesOfClasses(model).map((share, label) => Math.log(characters[label]! / all / share));
}
