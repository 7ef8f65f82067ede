/** "14:05" in local time, "14:05:09" where there are seconds, as `<input type="time">` takes it. */
export function timeOf(at: number): string {
  const date = new Date(at);
  const parts = [date.getHours(), date.getMinutes(), ...(date.getSeconds() > 0 ? [date.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** That time on the local day of `at`; undefined when nothing sensible was typed. */
export function atTime(at: number, time: string): number | undefined {
  const [hours, minutes, seconds = 0] = time.split(':').map(Number);
  const date = new Date(at).setHours(hours ?? Number.NaN, minutes ?? Number.NaN, seconds, 0);
  return Number.isNaN(date) ? undefined : date;
}
