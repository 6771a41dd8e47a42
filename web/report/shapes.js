// Areas, lines and points between moments and prices: what strategies mark, and the way of trades.
// Labels are drawn as text, so nothing in them can become markup.
const FORMS = {
  none: () => {},
  circle: (context, size) => context.arc(0, 0, size / 2, 0, 2 * Math.PI),
  rect: (context, size) => context.rect(-size / 2, -size / 2, size, size),
  roundRect: (context, size) => context.roundRect(-size / 2, -size / 2, size, size, size / 4),
  triangle: (context, size) => polygon(context, size, [[0, -0.5], [0.5, 0.5], [-0.5, 0.5]]),
  pin: (context, size) => polygon(context, size, [[0, 0.5], [0.4, -0.3], [0, -0.5], [-0.4, -0.3]]),
  arrow: (context, size) => polygon(context, size, [[0, -0.5], [0.45, 0.5], [0, 0.2], [-0.45, 0.5]]),
};
const DASHES = { solid: [], dashed: [6, 4], dotted: [1.5, 3] };

function polygon(context, size, corners) {
  corners.forEach(([x, y], place) => context[place ? "lineTo" : "moveTo"](x * size, y * size));
  context.closePath();
}

// `logicalOf` returns where a moment (s) is among the candles that the chart holds.
class Shapes {
  constructor(logicalOf) {
    this.logicalOf = logicalOf;
    this.list = [];
    this.views = ["bottom", "top"].map((zOrder) => ({ zOrder: () => zOrder, renderer: () => this.renderer(zOrder) }));
  }

  attached({ chart, series, requestUpdate }) {
    Object.assign(this, { chart, series, requestUpdate });
  }

  paneViews() {
    return this.views;
  }

  set(list) {
    this.list = list;
    this.requestUpdate?.();
  }

  renderer(zOrder) {
    const drawn = this.list.filter((one) => (one.kind === "area") === (zOrder === "bottom"));
    return {
      draw: (target) => target.useMediaCoordinateSpace(({ context, mediaSize }) => {
        for (const one of drawn) {
          context.save();
          this.draw(context, one, mediaSize);
          context.restore();
        }
      }),
    };
  }

  draw(context, one, { width, height }) {
    const scale = this.chart.timeScale();
    const x = (moment_, edge) => (moment_ === null ? edge : scale.logicalToCoordinate(this.logicalOf(moment_)) ?? edge);
    const y = (rate, edge) => (rate === null ? edge : this.series.priceToCoordinate(rate) ?? edge);
    const [left, right] = one.kind === "point" ? [x(one.from, 0), x(one.from, 0)] : [x(one.from, 0), x(one.to, width)];
    if (Math.max(left, right) < -50 || Math.min(left, right) > width + 50) return;
    const fallback = one.mark ? colour(one.mark, 0.8) : one.kind === "area" ? colour("accent", 0.15) : colour("accent");
    context.fillStyle = context.strokeStyle = usable(one.color, fallback);
    this[one.kind](context, one, left, right, ...this.heights(one, y, height));
  }

  // What an area leaves open reaches from the bottom to the top; a line is level.
  heights({ kind, y: [from, to] }, y, height) {
    if (kind === "area") return [y(from, height), y(to, 0)];
    return [y(from ?? to, height / 2), y(to ?? from, height / 2)];
  }

  area(context, one, left, right, top, bottom) {
    const [x, y] = [Math.min(left, right), Math.min(top, bottom)];
    context.fillRect(x, y, Math.max(1, Math.abs(right - left)), Math.max(1, Math.abs(bottom - top)));
    label(context, one, Math.max(x, 0) + 4, y + 13);
  }

  line(context, one, left, right, from, to) {
    context.lineWidth = one.width;
    context.setLineDash(DASHES[one.style] ?? []);
    context.beginPath();
    context.moveTo(left, from);
    context.lineTo(right, to);
    context.stroke();
    label(context, one, Math.max(Math.min(left, right), 0) + 4, (left < right ? from : to) - 5);
  }

  point(context, one, x, _, y) {
    context.translate(x, y);
    context.beginPath();
    (FORMS[one.form] ?? FORMS.circle)(context, Math.min(one.size, 60));
    context.fill();
    label(context, one, one.size / 2 + 4, 4);
  }
}

function label(context, { label: text }, x, y) {
  if (!text) return;
  context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  context.lineWidth = 3;
  context.setLineDash([]);
  context.strokeStyle = colour("card");
  context.fillStyle = colour("text");
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}
