/** Reading one row of logits. */

/** Softmax probability of `token`: one pass with a running maximum, in double precision. */
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
  return Math.exp(row[token]! - most) / sum;
}

/** Index of the largest value that is not in `except`; the first one on a tie. */
export function largest(row: Float32Array, except: ReadonlySet<number> = new Set()): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < row.length; i++) {
    const value = row[i]!;
    if (value > most && !except.has(i)) {
      best = i;
      most = value;
    }
  }
  if (best < 0) throw new Error('No token is left to choose: the logits are not numbers, or all were excepted');
  return best;
}
