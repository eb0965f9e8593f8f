/** Where a planned region is meant for. */
export const scopes = { frame: 'this frame', image: 'all frames of this image', series: 'this series', study: 'the whole study' };

/** Regions that a person has drawn and that are not burned in yet. Dispatches "change". */
export class PlannedRegions extends EventTarget {
  items = [];
  selected = null;
  #past = [];
  #future = [];
  #next = 1;
  #lastChange = null;

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  get selectedItem() {
    return this.items.find(r => r.id === this.selected) ?? null;
  }

  /** Adds a rectangle at a place, and selects it. */
  add(rectangle, place, scope) {
    this.#remember(null);
    const region = { shape: 'Rectangle', outside: false, ...rectangle, id: this.#next++, place, scope };
    this.items = [...this.items, region];
    this.selected = region.id;
    this.#tell();
    return region;
  }

  /** Changes a region; changes of one stroke of the mouse, or of one key held, are undone together. */
  change(id, members, stroke = null) {
    this.#remember(stroke);
    this.items = this.items.map(r => (r.id === id ? { ...r, ...members } : r));
    this.#tell();
  }

  remove(id) {
    this.#remember(null);
    this.items = this.items.filter(r => r.id !== id);
    this.selected = this.selected === id ? null : this.selected;
    this.#tell();
  }

  select(id) {
    if (this.selected !== id) {
      this.selected = id;
      this.#lastChange = null;
      this.#tell();
    }
  }

  undo() {
    this.#swap(this.#past, this.#future);
  }

  redo() {
    this.#swap(this.#future, this.#past);
  }

  /** Forgets all, also what could be undone. */
  clear() {
    [this.items, this.selected, this.#past, this.#future, this.#lastChange] = [[], null, [], [], null];
    this.#tell();
  }

  /** Forgets regions that are burned in, and what could be undone. What was drawn or changed meanwhile stays. */
  settle(burned) {
    [this.items, this.#past, this.#future, this.#lastChange] = [this.items.filter(r => !burned.includes(r)), [], [], null];
    this.selected = this.selectedItem?.id ?? null;
    this.#tell();
  }

  /** The regions that are meant for a frame. */
  at(place) {
    return place ? this.items.filter(r => r.scope === 'study'
      || (r.scope === 'series' ? r.place.seriesUid === place.seriesUid
        : r.place.image.sopInstanceUid === place.image.sopInstanceUid && (r.scope === 'image' || r.place.frame === place.frame))) : [];
  }

  /** The regions as the sidecar takes them. What is meant for images of several sizes is clipped to each. */
  toRequest() {
    return this.items.map(r => ({
      x: r.x, y: r.y, width: r.width, height: r.height, shape: r.shape, outside: r.outside,
      clip: r.scope === 'series' || r.scope === 'study',
      ...(r.scope === 'series' && { seriesInstanceUid: r.place.seriesUid }),
      ...((r.scope === 'image' || r.scope === 'frame') && { sopInstanceUid: r.place.image.sopInstanceUid }),
      ...(r.scope === 'frame' && { firstFrame: r.place.frame }),
    }));
  }

  #remember(stroke) {
    if (stroke === null || stroke !== this.#lastChange) {
      this.#past.push(this.items);
      this.#future = [];
    }
    this.#lastChange = stroke;
  }

  #swap(from, to) {
    if (from.length > 0) {
      to.push(this.items);
      this.items = from.pop();
      this.selected = this.selectedItem?.id ?? null;
      this.#lastChange = null;
      this.#tell();
    }
  }

  #tell() {
    this.dispatchEvent(new Event('change'));
  }
}

/** A rectangle of whole pixels inside of an image. */
export function fit(rectangle, image) {
  const left = Math.max(0, Math.min(image.columns - 1, Math.round(rectangle.x)));
  const top = Math.max(0, Math.min(image.rows - 1, Math.round(rectangle.y)));
  return {
    x: left, y: top,
    width: Math.max(1, Math.min(image.columns - left, Math.round(rectangle.x + rectangle.width) - left)),
    height: Math.max(1, Math.min(image.rows - top, Math.round(rectangle.y + rectangle.height) - top)),
  };
}
