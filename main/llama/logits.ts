/** Reading one row of logits. A row with anything in it that is not a number is refused: `model-unloadable`. */
import { OnlookerError } from '../base/errors.ts';

/** Softmax probability of `token`: one pass with a running maximum, in double precision. @throws OnlookerError */
export function softmaxAt(row: Float32Array, token: number): number {
  let most = row[0]!;
  let sum = 1;
  for (let i = 1; i < row.length; i++) {
    const value = row[i]!;
    if (value > most) {
      sum = sum * Math.exp(most - value) + 1;
      most = value;
    } else {
      sum += Math.exp(value - most);
    }
  }
  const probability = Math.exp(row[token]! - most) / sum;
  if (Number.isNaN(probability)) throw notNumbers();
  return probability;
}

/** Index of the largest value that is not in `except`; the first one on a tie. @throws OnlookerError */
export function largest(row: Float32Array, except: ReadonlySet<number> = new Set()): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < row.length; i++) {
    const value = row[i]!;
    if (Number.isNaN(value)) throw notNumbers();
    if (value > most && !except.has(i)) {
      best = i;
      most = value;
    }
  }
  if (best < 0) throw notNumbers();
  return best;
}

function notNumbers(): OnlookerError {
  const what = 'The language model gives values that are not numbers: its weights are damaged, or the saved state is';
  return new OnlookerError('model-unloadable', `${what}. Install the bundle again, and start without a snapshot.`);
}
