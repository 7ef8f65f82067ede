import type { Report, Score } from './report.ts';

/** A report for people. */
export function table(report: Report): string {
  const { byKind, window } = report;
  const minutes = (report.seconds / 60).toFixed(1);
  const rows = Object.entries(byKind).map(([kind, score]) => [kind, ...cells(score)]);
  const confused = report.confused.map(({ said, meant, count }) => [said, meant, `${count}`]);
  return [
    `${report.streams} ${report.streams === 1 ? 'stream' : 'streams'}, ${minutes} minutes; a narration within ${window} s of an event may match it`,
    '',
    ...columns([['kind', 'true', 'said', 'matched', 'P', 'R', 'F1'], ...rows, ['all', ...cells(report)]]),
    '',
    `F1, subject right as well    ${show(report.strictF1)}`,
    `mean |dt|                    ${show(report.meanAbsDt)} s`,
    `subject right                ${show(report.subjectAccuracy)}`,
    `missing rate, redundant rate ${show(report.missingRate)}, ${show(report.redundantRate)}`,
    `redundancy, coverage         ${show(report.redundancy)}, ${show(report.coverage)}`,
    `PAUC, of silence             ${show(report.pauc)}, ${show(report.silentPauc)}`,
    ...(report.toRead > 0 ? [`read right                   ${show(report.readRight)} of ${report.toRead}`] : []),
    ...(report.questions > 0
      ? [`questions answered right     ${show(report.answersRight)} of ${report.questions}`]
      : []),
    `outside the grammar          ${report.unreadable}`,
    `on a still screen            ${show(report.stillUtterancesPerHour, 1)} an hour (of ${Math.round(report.stillSeconds)} s)`,
    ...(confused.length > 0 ? ['', ...columns([['said', 'instead of', 'times'], ...confused])] : []),
  ].join('\n');
}

function cells({ truth, said, matched, precision, recall, f1 }: Score): string[] {
  return [`${truth}`, `${said}`, `${matched}`, show(precision), show(recall), show(f1)];
}

function show(value: number | null, digits = 3): string {
  return value === null ? '-' : value.toFixed(digits);
}

/** Rows as text: the first column to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}
