// The canvas of the walk: drawn anew only while something moves, and in the colours of the theme.
import { themed } from "./colours.js";
import { draw, whereIs } from "./walk_drawing.js";
import { heightFor, placesIn } from "./walk_places.js";
import { settle } from "./walk_scale.js";
import { goOn } from "./walk_state.js";

const LARGE = 1.35;
const LARGE_FROM = 700;
const NEAR = 16;

/** `mark` has it drawn anew; `run` and `rest` say whether anybody looks. */
export function picture(walk, canvas, large) {
  const context = canvas.getContext("2d");
  let [size, places, colours] = [null, null, themed()];
  let [before, request, running] = [0, null, false];

  function turn(now) {
    const [going, trembling] = [goOn(walk, now), settle(walk.scale, (now - before) / 1000, now)];
    before = now;
    if (places) draw(context, walk, places, colours, size, now);
    request = running && (going || trembling) ? requestAnimationFrame(turn) : null;
  }

  const mark = () => { request ??= requestAnimationFrame(turn); };

  function fit(width) {
    const height = Math.round(heightFor(width) * (large && width > LARGE_FROM ? LARGE : 1));
    const sharp = devicePixelRatio || 1;
    Object.assign(canvas, { width: width * sharp, height: height * sharp });
    canvas.style.height = `${height}px`;
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    [size, places] = [{ width, height }, placesIn(width, height)];
    mark();
  }

  return {
    fit, mark,
    recolour: () => { colours = themed(); mark(); },
    run: () => { running = true; mark(); },
    rest: () => { running = false; cancelAnimationFrame(request); request = null; },
    nearest: (x, y) => nearest(walk, places, x, y, performance.now()),
  };
}

function nearest(walk, places, x, y, now) {
  const far = walk.dots.map((dot) => whereIs(dot, places, now)).map((at) => (at ? Math.hypot(at.x - x, at.y - y) : Infinity));
  const least = Math.min(...far);
  return least <= NEAR ? walk.dots[far.indexOf(least)] : null;
}
