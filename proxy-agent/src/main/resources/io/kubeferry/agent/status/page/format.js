// Numbers and times as people read them. Pure.

const counts = new Intl.NumberFormat("en");
const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** 1234567 as 1,234,567: every digit, so that it can be compared with metrics and logs. */
export function count(value) {
  return counts.format(value);
}

/** 1234567 as 1.23 MB. */
export function bytes(value) {
  let unit = 0;
  let scaled = value;
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(scaled) : scaled.toPrecision(3)} ${UNITS[unit]}`;
}

/** A number a second, or a dash where two readings are still missing. */
export function perSecond(rate) {
  if (rate === null) {
    return "–";
  }
  if (rate === 0) {
    return "0/s";
  }
  if (rate < 10) {
    return rate < 0.05 ? "<0.1/s" : `${rate.toFixed(1)}/s`;
  }
  return `${count(Math.round(rate))}/s`;
}

export function bytesPerSecond(rate) {
  return rate === null ? "–" : `${bytes(rate)}/s`;
}

/** 0.00042 as 0.42 ms. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) {
    return "–";
  }
  if (seconds < 0.001) {
    return `${Math.round(seconds * 1e6)} µs`;
  }
  if (seconds < 1) {
    return `${(seconds * 1000).toPrecision(3)} ms`;
  }
  if (seconds < 120) {
    return `${seconds.toPrecision(3)} s`;
  }
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** The time of day, as the clock of the viewer has it. */
export function clock(time) {
  return new Date(time).toLocaleTimeString([], { hour12: false });
}

/** connect_refused as connect refused. */
export function words(label) {
  return label.replaceAll("_", " ").replaceAll("-", " ");
}
