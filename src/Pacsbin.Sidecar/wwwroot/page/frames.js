import { askFrame, studyPath } from './api.js';

const mostBytes = 256 * 1024 * 1024;

/** Keeps the pictures that were shown last, and those that are likely to be next. */
export class Frames {
  #kept = new Map();
  #bytes = 0;

  /** A frame of an image; window is null for the image's own. */
  get(studyUid, place, window, inverted) {
    const path = pathOf(studyUid, place, window, inverted);
    const known = this.#kept.get(path);
    if (known) {
      this.#kept.delete(path);
      this.#kept.set(path, known);
      return known.picture;
    }
    const entry = { bytes: 4 * place.image.rows * place.image.columns };
    entry.picture = askFrame(path).catch(error => {
      this.#forget(path, entry);
      throw error;
    });
    this.#kept.set(path, entry);
    this.#bytes += entry.bytes;
    for (const [oldest, other] of this.#kept) {
      if (this.#bytes <= mostBytes || oldest === path) {
        break;
      }
      this.#forget(oldest, other);
    }
    return entry.picture;
  }

  /** Forgets all pictures, because pixels have changed. */
  clear() {
    this.#kept.clear();
    this.#bytes = 0;
  }

  #forget(path, entry) {
    if (this.#kept.get(path) === entry) {
      this.#kept.delete(path);
      this.#bytes -= entry.bytes;
    }
  }
}

/** A frame as a small picture. */
export function askThumbnail(studyUid, place) {
  return askFrame(`${framePath(studyUid, place)}?width=96&height=72&format=jpeg`);
}

function pathOf(studyUid, place, window, inverted) {
  const query = new URLSearchParams();
  if (window) {
    query.set('windowCenter', window.center);
    query.set('windowWidth', window.width);
  }
  if (inverted) {
    query.set('invert', 'true');
  }
  const text = query.toString();
  return framePath(studyUid, place) + (text && `?${text}`);
}

function framePath(studyUid, place) {
  return studyPath(studyUid, 'series', place.seriesUid, 'instances', place.image.sopInstanceUid, 'frames', place.frame);
}
