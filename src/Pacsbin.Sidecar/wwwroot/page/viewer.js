import { Frames } from './frames.js';
import { complain } from './messages.js';
import { paint } from './paint.js';

const mostZoom = 32;
const ahead = [1, -1, 2, 3];

/** Shows the frame of a review on a canvas. Dispatches "view" when the window, the zoom or the picture has changed. */
export class Viewer extends EventTarget {
  window = null;
  inverted = false;
  draft = null;
  picture = null;
  #frames = new Frames();
  #shown = null;
  #isAsking = false;
  #isStale = false;
  #zoom = null;
  #playing = null;

  constructor(canvas, review) {
    super();
    this.canvas = canvas;
    this.review = review;
    review.addEventListener('series', () => { this.window = null; this.#zoom = null; this.pause(); });
    review.addEventListener('frame', () => this.show());
    review.addEventListener('study', () => { this.#frames.clear(); this.show(); });
    review.planned.addEventListener('change', () => this.repaint());
    review.addEventListener('proposals', () => this.repaint());
    new ResizeObserver(() => this.repaint()).observe(canvas);
    document.addEventListener('visibilitychange', () => this.repaint());
  }

  /** Whether the picture of the frame that is meant is on the screen. */
  get isCurrent() {
    return this.#shown !== null && this.#shown === this.review.place && !this.#isAsking;
  }

  /** How many pixels of the screen a pixel of the image takes, and where the image's corner is. */
  get transform() {
    const image = this.review.place?.image;
    if (!image) {
      return { x: 0, y: 0, scaleX: 1, scaleY: 1 };
    }
    const aspect = this.picture?.aspect ?? 1;
    const { clientWidth, clientHeight } = this.canvas;
    const fitting = Math.min(clientWidth / image.columns, clientHeight / (image.rows * aspect)) || 1;
    const { factor, centerX, centerY } = this.#zoom ?? { factor: 1, centerX: image.columns / 2, centerY: image.rows / 2 };
    const [scaleX, scaleY] = [fitting * factor, fitting * factor * aspect];
    return { x: (clientWidth / 2) - (centerX * scaleX), y: (clientHeight / 2) - (centerY * scaleY), scaleX, scaleY };
  }

  get zoomFactor() {
    return this.#zoom?.factor ?? 1;
  }

  /** Where in the image a point of the canvas is. */
  toImage(x, y) {
    const t = this.transform;
    return { x: (x - t.x) / t.scaleX, y: (y - t.y) / t.scaleY };
  }

  /** Asks for the picture of the frame and shows it. Of several wishes in a short time the last counts. */
  async show() {
    this.#isStale = true;
    if (this.#isAsking) {
      return;
    }
    this.#isAsking = true;
    this.canvas.setAttribute('aria-busy', 'true');
    while (this.#isStale) {
      this.#isStale = false;
      await this.#load();
    }
    this.#isAsking = false;
    this.canvas.removeAttribute('aria-busy');
    this.dispatchEvent(new Event('view'));
    this.#prefetch();
  }

  async #load() {
    const { uid, place } = this.review;
    if (!place) {
      [this.picture, this.#shown] = [null, null];
      this.repaint();
      return;
    }
    try {
      const picture = await this.#frames.get(uid, place, this.window, this.inverted);
      [this.picture, this.#shown] = [picture, place];
      this.repaint();
    } catch (error) {
      [this.picture, this.#shown] = [null, place];
      this.repaint();
      complain(error);
    }
  }

  #prefetch() {
    const { uid, shownSeries, frameIndex } = this.review;
    for (const step of ahead) {
      const place = shownSeries?.places[frameIndex + step];
      if (place) {
        this.#frames.get(uid, place, this.window, this.inverted).catch(() => {}); // it is said when the frame is shown
      }
    }
  }

  /** Changes the window by steps from the one that is shown; colors have none. */
  shiftWindow(center, width) {
    const now = this.window ?? (this.picture?.width ? { center: this.picture.center, width: this.picture.width } : null);
    if (now) {
      this.setWindow({ center: now.center + center, width: Math.max(0.001, now.width + width) });
    }
  }

  /** Sets the window, to six digits. */
  setWindow({ center, width }) {
    this.window = { center: round(center), width: round(width) };
    this.show();
  }

  invert() {
    this.inverted = !this.inverted;
    this.show();
  }

  /** Back to the image's own window, and the whole image. */
  reset() {
    [this.window, this.inverted, this.#zoom] = [null, false, null];
    this.show();
  }

  /** Zooms, so that a point of the canvas stays where it is. */
  zoom(by, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const image = this.review.place?.image;
    if (image) {
      const held = this.toImage(x, y);
      const factor = Math.max(1, Math.min(mostZoom, this.zoomFactor * by));
      this.#zoom = factor === 1 ? null : { factor, centerX: image.columns / 2, centerY: image.rows / 2 };
      const t = this.transform;
      this.pan(x - (t.x + (held.x * t.scaleX)), y - (t.y + (held.y * t.scaleY)));
    }
  }

  /** Moves the image by pixels of the screen. */
  pan(x, y) {
    if (this.#zoom) {
      const { scaleX, scaleY } = this.transform;
      const image = this.review.place.image;
      this.#zoom = {
        ...this.#zoom,
        centerX: Math.max(0, Math.min(image.columns, this.#zoom.centerX - (x / scaleX))),
        centerY: Math.max(0, Math.min(image.rows, this.#zoom.centerY - (y / scaleY))),
      };
    }
    this.repaint();
  }

  /** Shows frame after frame until the last, or until somebody goes elsewhere; or stops doing so. */
  play() {
    if (this.#playing !== null) {
      this.pause();
      return;
    }
    let { frameIndex } = this.review;
    this.#playing = setInterval(() => {
      const last = (this.review.shownSeries?.places.length ?? 0) - 1;
      if (this.review.frameIndex >= last || this.review.frameIndex !== frameIndex) {
        this.pause();
      } else if (this.isCurrent) {
        this.review.step(1);
        frameIndex = this.review.frameIndex;
      }
    }, 80);
  }

  pause() {
    clearInterval(this.#playing);
    this.#playing = null;
  }

  repaint() {
    const isOfPlace = this.#shown === this.review.place;
    paint(this, isOfPlace);
    if (isOfPlace && this.picture && this.zoomFactor === 1 && this.canvas.clientWidth > 0 && !document.hidden) {
      this.review.saw(this.#shown);
    }
    this.dispatchEvent(new Event('view'));
  }
}

function round(number) {
  return Number(number.toPrecision(6));
}
