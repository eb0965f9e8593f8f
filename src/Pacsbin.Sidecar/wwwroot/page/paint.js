/** The side of a handle, in pixels of the screen. */
export const handleSize = 9;

/** The eight places of a rectangle that resize it: which edges each moves, from -1 for the left or upper one to 1. */
export const handles = [[-1, -1], [0, -1], [1, -1], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0]];

/** Where the handles of a region are on the canvas. */
export function handlePlaces(region, t) {
  return handles.map(([h, v]) => ({
    edges: [h, v],
    x: t.x + ((region.x + ((h + 1) / 2 * region.width)) * t.scaleX),
    y: t.y + ((region.y + ((v + 1) / 2 * region.height)) * t.scaleY),
  }));
}

/** Draws the picture, what is burned in, what is proposed and what is planned. */
export function paint(viewer, isPictureOfPlace) {
  const { canvas, review, picture } = viewer;
  const ratio = globalThis.devicePixelRatio || 1;
  const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    [canvas.width, canvas.height] = [width, height];
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  const { place } = review;
  if (!place || !picture) {
    return;
  }
  const t = viewer.transform;
  context.imageSmoothingEnabled = t.scaleX < 3;
  context.globalAlpha = isPictureOfPlace ? 1 : 0.4;
  context.drawImage(picture.bitmap, t.x, t.y, place.image.columns * t.scaleX, place.image.rows * t.scaleY);
  context.globalAlpha = 1;
  const colors = getComputedStyle(canvas);
  const color = name => colors.getPropertyValue(name).trim();
  review.burnedHere().forEach(r => outline(context, t, inImage(r, place.image), color('--burned'), [2, 3]));
  review.proposedHere().forEach(r => outline(context, t, r, color('--proposed'), [6, 4]));
  review.planned.at(place).forEach(r => {
    outline(context, t, r, color('--planned'), [], color('--planned-fill'), place.image);
    if (r.id === review.planned.selected) {
      handlePlaces(r, t).forEach(h => square(context, h, color('--planned')));
    }
  });
  if (viewer.draft) {
    outline(context, t, viewer.draft, color('--planned'), [4, 4]);
  }
}

/** A region whose negative numbers count from the right and the bottom. */
function inImage(region, image) {
  return { ...region, x: region.x < 0 ? image.columns + region.x : region.x, y: region.y < 0 ? image.rows + region.y : region.y };
}

function outline(context, t, region, stroke, dashes, fill = null, image = null) {
  const shape = shapeOf(region, t);
  if (fill) {
    const area = new Path2D(shape);
    if (region.outside) {
      area.rect(t.x, t.y, image.columns * t.scaleX, image.rows * t.scaleY);
    }
    context.fillStyle = fill;
    context.fill(area, 'evenodd');
  }
  context.setLineDash(dashes);
  context.lineWidth = 1.5;
  context.strokeStyle = stroke;
  context.stroke(shape);
  context.setLineDash([]);
}

function shapeOf(region, t) {
  const [x, y, width, height] = [t.x + (region.x * t.scaleX), t.y + (region.y * t.scaleY), region.width * t.scaleX, region.height * t.scaleY];
  const shape = new Path2D();
  if (region.shape === 'Ellipse') {
    shape.ellipse(x + (width / 2), y + (height / 2), width / 2, height / 2, 0, 0, 2 * Math.PI);
  } else {
    shape.rect(x, y, width, height);
  }
  return shape;
}

function square(context, at, color) {
  context.fillStyle = color;
  context.fillRect(at.x - (handleSize / 2), at.y - (handleSize / 2), handleSize, handleSize);
}
