import { ask, studyPath } from './api.js';
import { PlannedRegions } from './regions.js';

/**
 * The study that is reviewed and the frame that is looked at.
 * Dispatches "study" when another study or its new state is there, "series" when another series is shown, "frame" when another frame is.
 */
export class Review extends EventTarget {
  detail = null;
  series = [];
  proposals = [];
  planned = new PlannedRegions();
  #seriesIndex = 0;
  #frameIndex = 0;
  #seen = new Set();
  #opening = 0;

  get uid() {
    return this.detail?.study.studyInstanceUid ?? null;
  }

  get shownSeries() {
    return this.series[this.#seriesIndex] ?? null;
  }

  /** Where the viewer is: series, image and frame from 1; null if the series shows nothing. */
  get place() {
    return this.shownSeries?.places[this.#frameIndex] ?? null;
  }

  get frameIndex() {
    return this.#frameIndex;
  }

  get seriesIndex() {
    return this.#seriesIndex;
  }

  get frameCount() {
    return this.series.reduce((sum, s) => sum + s.places.length, 0);
  }

  get unseenCount() {
    return this.series.reduce((sum, s) => sum + s.places.filter(p => !this.#seen.has(keyOf(p))).length, 0);
  }

  /** Opens a study at its first frame. */
  async open(uid) {
    const opening = ++this.#opening;
    const [detail, series] = await read(uid);
    if (opening !== this.#opening) {
      return; // another one was chosen meanwhile
    }
    this.detail = detail;
    this.series = series;
    this.proposals = [];
    this.planned.clear();
    this.#seen.clear();
    this.#seriesIndex = Math.max(0, series.findIndex(s => s.places.length > 0));
    this.#frameIndex = 0;
    this.#tell('study', 'series', 'frame');
  }

  /** Reads the study again where it is. Files whose bytes have changed nobody has seen. */
  async refresh() {
    if (this.uid) {
      const opening = ++this.#opening;
      const [detail, series] = await read(this.uid);
      if (opening !== this.#opening) {
        return;
      }
      const { place, shownSeries } = this;
      const known = new Map(this.detail.manifest.files.map(f => [f.name, f.xxh128]));
      detail.manifest.files.filter(f => known.get(f.name) !== f.xxh128).forEach(f => this.#forget(f.name.replace(/\.dcm$/, '')));
      this.detail = detail;
      this.series = series;
      this.#seriesIndex = Math.max(0, series.findIndex(s => s.uid === shownSeries?.uid));
      this.#frameIndex = Math.max(0, (this.shownSeries?.places ?? []).findIndex(p => p.image.sopInstanceUid === place?.image.sopInstanceUid && p.frame === place.frame));
      this.#tell('study');
    }
  }

  /** Leaves the study. */
  close() {
    this.#opening++;
    this.detail = null;
    this.series = [];
    this.planned.clear();
    this.#tell('study', 'series', 'frame');
  }

  selectSeries(index) {
    if (index >= 0 && index < this.series.length && index !== this.#seriesIndex) {
      this.#seriesIndex = index;
      this.#frameIndex = 0;
      this.#tell('series', 'frame');
    }
  }

  /** Shows a frame of the series, the nearest that there is. */
  go(index) {
    const places = this.shownSeries?.places ?? [];
    const next = Math.max(0, Math.min(places.length - 1, index));
    if (next !== this.#frameIndex) {
      this.#frameIndex = next;
      this.#tell('frame');
    }
  }

  step(frames) {
    this.go(this.#frameIndex + frames);
  }

  /** Shows the first frame of an instance. */
  goTo(sopInstanceUid) {
    for (const [i, series] of this.series.entries()) {
      const j = series.places.findIndex(p => p.image.sopInstanceUid === sopInstanceUid);
      if (j >= 0) {
        this.selectSeries(i);
        this.go(j);
        return;
      }
    }
  }

  /** Notes that all of a frame was on the screen. */
  saw(place) {
    if (!this.#seen.has(keyOf(place))) {
      this.#seen.add(keyOf(place));
      this.#tell('seen');
    }
  }

  /** What is burned into the frame that is shown. */
  burnedHere() {
    const place = this.place;
    const file = place && this.detail.manifest.files.find(f => f.name === `${place.image.sopInstanceUid}.dcm`);
    return (file?.regions ?? []).filter(r => r.firstFrame == null || (place.frame >= r.firstFrame && place.frame <= (r.lastFrame ?? r.firstFrame)));
  }

  proposedHere() {
    return this.proposals.filter(p => p.sopInstanceUid === this.place?.image.sopInstanceUid);
  }

  #forget(sopInstanceUid) {
    this.#seen = new Set([...this.#seen].filter(key => !key.startsWith(`${sopInstanceUid}#`)));
  }

  #tell(...names) {
    names.forEach(name => this.dispatchEvent(new Event(name)));
  }
}

function keyOf({ image, frame }) {
  return `${image.sopInstanceUid}#${frame}`;
}

async function read(uid) {
  const detail = await ask('GET', studyPath(uid));
  const series = await Promise.all(detail.series.map(async s => {
    const { images } = await ask('GET', studyPath(uid, 'series', s.seriesInstanceUid));
    const places = images.flatMap(image => Array.from({ length: image.frames }, (_, i) => ({ seriesUid: s.seriesInstanceUid, image, frame: i + 1 })));
    return { uid: s.seriesInstanceUid, number: s.seriesNumber, modality: s.modality, instances: images.length, places };
  }));
  series.sort((a, b) => (a.number ?? Infinity) - (b.number ?? Infinity) || (a.uid < b.uid ? -1 : 1));
  return [detail, series];
}
