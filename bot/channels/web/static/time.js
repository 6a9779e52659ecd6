// Times as people read them, in the shop's zone, and the bot's clock (which runs on, and can be moved ahead).
let zone; // undefined: the browser's own

/** Show times in this IANA zone from now on (an unknown one is ignored). */
export function showTimesIn(name) {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    zone = name || undefined;
  } catch {
    zone = undefined;
  }
  formats.clear();
}

const formats = new Map();
const SHAPES = {
  time: { hour: "2-digit", minute: "2-digit" },
  day: { weekday: "short", day: "numeric", month: "short" },
  both: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
};

function format(shape, iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  if (!formats.has(shape)) formats.set(shape, new Intl.DateTimeFormat("en-GB", { ...SHAPES[shape], hourCycle: "h23", timeZone: zone }));
  return formats.get(shape).format(at);
}

/** "10:42" */
export const timeOf = (iso) => format("time", iso);

/** "Tue 14 May" */
export const dayOf = (iso) => format("day", iso).replace(",", "");

/** "Tue 14 May, 10:42" */
export const momentOf = (iso) => `${dayOf(iso)}, ${timeOf(iso)}`;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** "in 26 hours", "3 days ago", "now" */
export function fromNow(iso, now) {
  const minutes = Math.round((Date.parse(iso) - now) / 60_000);
  const size = Math.abs(minutes);
  if (Number.isNaN(minutes)) return "";
  if (size < 1) return "now";
  if (size < 90) return relative.format(minutes, "minute");
  if (size < 48 * 60) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}

/** How long after `before` `after` is, in words, when it is long enough to be worth saying: "3 days later". */
export function later(before, after) {
  const hours = (Date.parse(after) - Date.parse(before)) / 3_600_000;
  if (!(hours >= 1)) return "";
  const [count, unit] = hours < 48 ? [Math.round(hours), "hour"] : [Math.round(hours / 24), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"} later`;
}

/** The bot's clock: set by the server, running on by itself in between. */
export class BotClock {
  #offset = null;

  /** Take the server's word for what time it is. */
  set(iso) {
    const at = Date.parse(iso);
    if (!Number.isNaN(at)) this.#offset = at - Date.now();
  }

  /** The bot's present, in milliseconds. */
  now() {
    return Date.now() + (this.#offset ?? 0);
  }

  /** Whether the server has told us the time. */
  get known() {
    return this.#offset !== null;
  }
}
