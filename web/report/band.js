// A series that fills what lies between two curves.
class BandRenderer {
  update(data, options) {
    this.data = data;
    this.options = options;
  }

  draw(target, priceToCoordinate) {
    const { data, options } = this;
    if (!data?.visibleRange) return;
    target.useBitmapCoordinateSpace(({ context, horizontalPixelRatio: wide, verticalPixelRatio: high }) => {
      context.fillStyle = options.fill;
      let run = [];
      const finish = () => {
        if (run.length > 1) {
          context.beginPath();
          run.forEach(([x, upper]) => context.lineTo(x, upper));
          run.reverse().forEach(([x, , lower]) => context.lineTo(x, lower));
          context.fill();
        }
        run = [];
      };
      for (let place = Math.max(0, data.visibleRange.from - 1); place < Math.min(data.bars.length, data.visibleRange.to + 1); place += 1) {
        const { x, originalData } = data.bars[place];
        if (originalData.one === undefined) finish();
        else run.push([x * wide, priceToCoordinate(originalData.one) * high, priceToCoordinate(originalData.other) * high]);
      }
      finish();
    });
  }
}

class BandView {
  constructor() {
    this.drawing = new BandRenderer();
  }

  priceValueBuilder(point) {
    return [point.one, point.other, point.one];
  }

  isWhitespace(point) {
    return point.one === undefined;
  }

  renderer() {
    return this.drawing;
  }

  update(data, options) {
    this.drawing.update(data, options);
  }

  defaultOptions() {
    return { ...LC.customSeriesDefaultOptions, fill: "rgba(0, 176, 246, 0.2)" };
  }
}
