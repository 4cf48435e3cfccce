// The balance scale: each posting drops a weight on either side; it trembles and comes level, or it does not.
import { money } from "./money.js";

const STIFF = 130;
const DAMPED = 7;
const KICK = 1.3;
const TILT = 0.3;
const FALL_MS = 350;
const ARM = 38;

export const newScale = () => ({ debits: {}, off: [], known: false, angle: 0, speed: 0, falling: [], side: 1 });

/** Per currency what the debits are more than the credits; those without a difference are left out. */
function differences(debits, credits) {
  const currencies = [...new Set([...Object.keys(debits), ...Object.keys(credits)])];
  return currencies.map((each) => [each, BigInt(debits[each] ?? 0) - BigInt(credits[each] ?? 0)]).filter(([, off]) => off !== 0n);
}

/** What a frame says of the books: sums per currency, which are never added. Weights drop `at` a time. */
export function weigh(scale, { debits, credits }, at) {
  if (Object.keys(debits).some((currency) => debits[currency] !== (scale.debits[currency] ?? 0))) {
    scale.falling.push(at);
  }
  Object.assign(scale, { debits, off: differences(debits, credits), known: true });
}

/** "0", or by how much each currency is off. */
export const saidOff = ({ off }) => (off.length ? off.map(([currency, amount]) => money(amount, currency)).join(", ") : "0");

/** A step of time; says whether it still moves. */
export function settle(scale, seconds, now) {
  const rest = scale.off.length === 0 ? 0 : scale.off[0][1] > 0n ? -TILT : TILT;
  const step = Math.min(0.04, seconds);
  scale.speed += (-STIFF * (scale.angle - rest) - DAMPED * scale.speed) * step;
  scale.angle += scale.speed * step;
  const landed = scale.falling.filter((at) => now - at >= FALL_MS).length;
  if (landed) {
    scale.side = -scale.side;
    scale.speed += KICK * scale.side;
  }
  scale.falling = scale.falling.slice(landed);
  return Math.abs(scale.speed) > 0.002 || Math.abs(scale.angle - rest) > 0.002 || scale.falling.length > 0;
}

function pan(context, x, y) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 13, y + 22);
  context.lineTo(x + 13, y + 22);
  context.closePath();
  context.stroke();
  context.beginPath();
  context.ellipse(x, y + 22, 15, 5, 0, 0, Math.PI);
  context.fill();
}

/** Around `x`, `y`, the point where the beam hangs. */
export function drawScale(context, scale, { x, y }, colours, now) {
  const colour = scale.off.length ? colours.bad : colours.text;
  const [dx, dy] = [ARM * Math.cos(scale.angle), ARM * Math.sin(scale.angle)];
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.5 });
  context.beginPath();
  context.moveTo(x - dx, y - dy);
  context.lineTo(x + dx, y + dy);
  context.moveTo(x, y);
  context.lineTo(x, y + 50);
  context.moveTo(x - 14, y + 50);
  context.lineTo(x + 14, y + 50);
  context.stroke();
  pan(context, x - dx, y - dy);
  pan(context, x + dx, y + dy);
  context.fillStyle = colours.good;
  for (const at of scale.falling.filter((each) => each <= now)) {
    const fallen = ((now - at) / FALL_MS) ** 2;
    for (const side of [-1, 1]) context.fillRect(x + side * dx - 4, y + side * dy - 30 + 44 * fallen, 8, 8);
  }
}
