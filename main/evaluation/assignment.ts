/**
 * Minimum-cost assignment (the Hungarian method with potentials, O(rows^2 x columns)).
 *
 * `cost[row][column]`, rows <= columns, finite. Every row gets a column of its own so that the sum is least.
 * Returns the column of each row.
 */
export function assign(cost: readonly (readonly number[])[]): number[] {
  const rows = cost.length;
  const columns = cost[0]?.length ?? 0;
  if (rows > columns) throw new RangeError(`${rows} rows cannot have a column each out of ${columns}`);
  // Rows and columns count from 1; 0 is the place a new row starts from.
  const rowPotential = new Array<number>(rows + 1).fill(0);
  const columnPotential = new Array<number>(columns + 1).fill(0);
  const rowOf = new Array<number>(columns + 1).fill(0);

  for (let row = 1; row <= rows; row++) {
    const cameFrom = new Array<number>(columns + 1).fill(0);
    const distance = new Array<number>(columns + 1).fill(Number.POSITIVE_INFINITY);
    const reached = new Array<boolean>(columns + 1).fill(false);
    rowOf[0] = row;
    let column = 0;
    // 1. the cheapest way from the new row to a free column, over rows that may change theirs
    do {
      reached[column] = true;
      const from = rowOf[column]!;
      let step = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let j = 1; j <= columns; j++) {
        if (reached[j]) continue;
        const reduced = cost[from - 1]![j - 1]! - rowPotential[from]! - columnPotential[j]!;
        if (reduced < distance[j]!) {
          distance[j] = reduced;
          cameFrom[j] = column;
        }
        if (distance[j]! < step) {
          step = distance[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= columns; j++) {
        if (reached[j]) {
          rowPotential[rowOf[j]!]! += step;
          columnPotential[j]! -= step;
        } else distance[j]! -= step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    // 2. each row on that way moves on by one column
    while (column !== 0) {
      const before = cameFrom[column]!;
      rowOf[column] = rowOf[before]!;
      column = before;
    }
  }
  const columnOf = new Array<number>(rows).fill(-1);
  for (let j = 1; j <= columns; j++) if (rowOf[j]! > 0) columnOf[rowOf[j]! - 1] = j - 1;
  return columnOf;
}
